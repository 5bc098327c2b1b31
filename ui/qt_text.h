// qt_text.h - the one place where engine text and numbers become Qt text. GUI numbers follow the user's
// locale; data that leaves the program (CSV, commands) uses engine/core/text.h instead. Pure; any thread.
#pragma once
#include "engine/core/records.h"
#include "engine/store/run_store.h"

#include <QString>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vlmptq::ui {

QString text(std::string_view utf8);
std::string utf8(const QString&);
std::filesystem::path toPath(const QString&);
QString pathText(const std::filesystem::path&);

QString countText(std::int64_t); // 9 412
QString fixedText(double, int decimals);
QString significantText(double, int digits = 2); // 2.1e-03, 0.051; "–" for NaN
QString significantText(const std::optional<double>&, int digits = 2);
QString percentText(double share, int decimals = 0); // 0.38 -> "38 %"
QString bytesText(std::uint64_t);                    // 9.6 MB
QString durationText(double seconds);                // 18.2 s, 12:04
QString timeText(const std::string& utcIso);         // 13:05 today, otherwise the date with the time
QString joined(const std::vector<std::string>&, const QString& separator);

QString methodTitle(const std::string& method); // "VLM-PTQ (C only)"; the name itself when unknown
QString stateText(store::RunState);             // "finished with warnings"
QString runTitle(const store::RunRecord&);      // name, or method and scheme

}
