#include "ui/qt_text.h"

#include "engine/core/methods.h"
#include "engine/core/text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace vlmptq::ui {
namespace {

const QString kNone = QStringLiteral("\u2013");

QString tr(const char* source) { return QCoreApplication::translate("QtText", source); }

}

QString text(std::string_view utf8) { return QString::fromUtf8(utf8.data(), qsizetype(utf8.size())); }
std::string utf8(const QString& text) { return text.toStdString(); }
std::filesystem::path toPath(const QString& text) { return std::filesystem::path(text.toStdString()); }
QString pathText(const std::filesystem::path& path) { return text(path.native()); }

QString countText(std::int64_t value) { return QLocale().toString(qlonglong(value)); }

QString fixedText(double value, int decimals) {
    return std::isfinite(value) ? QLocale().toString(value, 'f', decimals) : kNone;
}

QString significantText(double value, int digits) {
    if (!std::isfinite(value))
        return kNone;
    const double size = std::abs(value);
    if (size != 0 && (size < 1e-2 || size >= 1e5))
        return QLocale().toString(value, 'e', digits - 1);
    const int whole = size < 1 ? 0 : int(std::floor(std::log10(size))) + 1;
    const int leadingZeros = size > 0 && size < 0.1 ? 1 : 0;
    return QLocale().toString(value, 'f', std::max(0, digits - whole + leadingZeros));
}

QString significantText(const std::optional<double>& value, int digits) {
    return value ? significantText(*value, digits) : kNone;
}

QString percentText(double share, int decimals) {
    //: a percentage, for example "38 %"
    return tr("%1 %").arg(fixedText(share * 100, decimals));
}

QString bytesText(std::uint64_t bytes) { return text(vlmptq::bytesText(bytes)); }
QString durationText(double seconds) { return text(vlmptq::secondsText(seconds)); }

QString timeText(const std::string& utcIso) {
    const QDateTime at = QDateTime::fromString(text(utcIso), Qt::ISODate).toLocalTime();
    if (!at.isValid())
        return {};
    const QLocale locale;
    const QString clock = locale.toString(at.time(), QLocale::ShortFormat);
    if (at.date() == QDate::currentDate())
        return clock;
    return locale.toString(at.date(), QLocale::ShortFormat) + QLatin1Char(' ') + clock;
}

QString joined(const std::vector<std::string>& parts, const QString& separator) {
    return text(vlmptq::join(parts, utf8(separator)));
}

QString methodTitle(const std::string& method) {
    const auto known = vlmptq::methods();
    const auto found = std::ranges::find(known, std::string_view(method), &MethodInfo::name);
    return text(found != known.end() ? found->title : std::string_view(method));
}

QString stateText(store::RunState state) {
    switch (state) {
    case store::RunState::Queued:
        return tr("queued");
    case store::RunState::Running:
        return tr("running");
    case store::RunState::Paused:
        return tr("paused");
    case store::RunState::Stopped:
        return tr("stopped");
    case store::RunState::Interrupted:
        return tr("interrupted");
    case store::RunState::Finished:
        return tr("finished");
    case store::RunState::FinishedWithWarnings:
        return tr("finished with warnings");
    case store::RunState::Failed:
        return tr("failed");
    }
    return {};
}

QString runTitle(const store::RunRecord& run) {
    if (!run.name.empty())
        return text(run.name);
    return methodTitle(run.method) + QLatin1Char(' ') + text(run.scheme);
}

}
