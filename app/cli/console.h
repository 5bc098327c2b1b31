// console.h - the terminal as the commands see it: data on stdout, messages and the progress line on stderr,
// colours only where somebody looks, plain ASCII where the locale has no UTF-8. Safe to use from the signal
// thread. A closed pipe on stdout is not an error: what nobody reads any more is dropped.
#pragma once
#include "engine/core/error.h"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <string_view>

namespace vlmptq::cli {

enum class ProgressStyle { Bar, Plain, None };

struct ConsoleOptions {
    bool isQuiet = false, isVerbose = false;
    std::string progress = "auto"; // auto | bar | plain | none
    std::string color = "auto";    // auto | always | never
    std::filesystem::path log;     // every message is appended here too; empty: no log
};

class Console {
public:
    Console();
    void configure(const ConsoleOptions&); // throws Error (BadOption, NoResource)

    void print(std::string_view text);             // text for people, to stdout
    void printRaw(std::string_view bytes);         // data to stdout as they are
    void printJson(const nlohmann::ordered_json&); // one line to stdout

    void note(const std::string& text);   // silent with --quiet
    void detail(const std::string& text); // only with --verbose
    void warn(const std::string& text);
    void error(const Error&);

    ProgressStyle progressStyle() const { return m_progress; }
    bool isOutputTerminal() const;
    std::size_t width() const; // columns of the terminal; 80 when there is none

    void showStatus(const std::string& text); // the one redrawn line
    void clearStatus();

private:
    void message(std::string_view color, std::string_view label, const std::string& text);
    void record(const std::string& text);
    void eraseStatus();
    std::string forLocale(std::string_view text) const;

    std::mutex m_mutex;
    ConsoleOptions m_options;
    std::ofstream m_log;
    ProgressStyle m_progress = ProgressStyle::Plain;
    bool m_hasUtf8 = false, m_isColored = false, m_isOutputClosed = false;
    bool m_hasStatus = false;
};

}
