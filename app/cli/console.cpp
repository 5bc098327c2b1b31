#include "app/cli/console.h"

#include "engine/core/text.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cerrno>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace vlmptq::cli {
namespace {

constexpr std::string_view kRed = "\x1b[31m", kYellow = "\x1b[33m", kDim = "\x1b[2m", kReset = "\x1b[0m";
constexpr std::string_view kEraseLine = "\r\x1b[K";

// The signs our own texts use; anything else (a model's answer, a file name) passes as it is.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kAsciiTwins{{{"μ", "mu"},
                                                                                    {"…", "..."},
                                                                                    {"×", "x"},
                                                                                    {"→", "->"},
                                                                                    {"–", "-"},
                                                                                    {"≤", "<="},
                                                                                    {"≥", ">="},
                                                                                    {"Δ", "delta "}}};

bool isUtf8Locale() {
    std::setlocale(LC_CTYPE, "");
    return std::strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

bool isDumbTerminal() {
    const char* term = std::getenv("TERM");
    return !term || std::strcmp(term, "dumb") == 0;
}

bool wantsColor(const std::string& choice) {
    if (choice != "auto")
        return choice == "always";
    const char* noColor = std::getenv("NO_COLOR");
    return ::isatty(STDERR_FILENO) && !isDumbTerminal() && !(noColor && *noColor);
}

ProgressStyle progressStyleFor(const std::string& choice) {
    if (choice == "bar")
        return ProgressStyle::Bar;
    if (choice == "none")
        return ProgressStyle::None;
    return choice == "auto" && ::isatty(STDERR_FILENO) && !isDumbTerminal() ? ProgressStyle::Bar
                                                                            : ProgressStyle::Plain;
}

// False when the reader is gone. Any other failure of `descriptor` is an error.
bool writeAll(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EPIPE) {
            return false;
        } else if (errno != EINTR) {
            throw Error(ErrorKind::NoResource, "E-IO-01",
                        std::string("The output cannot be written: ") + std::strerror(errno) + ".",
                        "Free space on the disk or choose another file.");
        }
    }
    return true;
}

void writeMessage(std::string_view bytes) {
    // Nowhere is left to report a broken stderr; the work goes on.
    try {
        writeAll(STDERR_FILENO, bytes);
    } catch (const Error&) {
    }
}

}

Console::Console() : m_hasUtf8(isUtf8Locale()) { configure({}); }

void Console::configure(const ConsoleOptions& options) {
    m_options = options;
    m_progress = options.isQuiet ? ProgressStyle::None : progressStyleFor(options.progress);
    m_isColored = wantsColor(options.color);
    if (options.log.empty())
        return;
    m_log.open(options.log, std::ios::app);
    if (!m_log)
        throw Error(ErrorKind::NoResource, "E-IO-02",
                    "The log file " + options.log.string() + " cannot be written: " + std::strerror(errno) +
                        ".",
                    "Choose another file with --log.");
}

void Console::print(std::string_view text) { printRaw(forLocale(text)); }

void Console::printRaw(std::string_view bytes) {
    const std::lock_guard lock(m_mutex);
    eraseStatus();
    if (!m_isOutputClosed)
        m_isOutputClosed = !writeAll(STDOUT_FILENO, bytes);
}

void Console::printJson(const nlohmann::ordered_json& json) {
    printRaw(json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n');
}

void Console::note(const std::string& text) {
    const std::lock_guard lock(m_mutex);
    record(text);
    if (!m_options.isQuiet)
        message({}, {}, text);
}

void Console::detail(const std::string& text) {
    const std::lock_guard lock(m_mutex);
    record(text);
    if (m_options.isVerbose && !m_options.isQuiet)
        message(kDim, {}, text);
}

void Console::warn(const std::string& text) {
    const std::lock_guard lock(m_mutex);
    record("warning: " + text);
    message(kYellow, "warning: ", text);
}

void Console::error(const Error& failure) {
    const std::lock_guard lock(m_mutex);
    const bool isStop = failure.kind() == ErrorKind::Stopped; // what the user asked for is no error
    record((isStop ? "" : "error: ") + failure.message() + " [" + failure.id() + "]");
    if (isStop)
        message({}, {}, failure.what());
    else
        message(kRed, "error: ", std::string(failure.what()) + " [" + failure.id() + "]");
    if (!failure.hint().empty())
        message({}, "  ", failure.hint());
}

bool Console::isOutputTerminal() const { return ::isatty(STDOUT_FILENO); }

std::size_t Console::width() const {
    winsize size{};
    for (const int descriptor : {STDERR_FILENO, STDOUT_FILENO})
        if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
            return size.ws_col;
    return 80;
}

void Console::showStatus(const std::string& text) {
    const std::lock_guard lock(m_mutex);
    writeMessage(std::string(kEraseLine) + forLocale(text));
    m_hasStatus = true;
}

void Console::clearStatus() {
    const std::lock_guard lock(m_mutex);
    eraseStatus();
}

void Console::message(std::string_view color, std::string_view label, const std::string& text) {
    eraseStatus();
    std::string line;
    if (m_isColored && !color.empty())
        line.append(color).append(label).append(kReset).append(forLocale(text));
    else
        line.append(label).append(forLocale(text));
    writeMessage(line + '\n');
}

void Console::record(const std::string& text) {
    if (m_log.is_open())
        m_log << utcNow() << ' ' << text << std::endl; // flushed: a log is read after a crash
}

void Console::eraseStatus() {
    if (m_hasStatus)
        writeMessage(kEraseLine);
    m_hasStatus = false;
}

std::string Console::forLocale(std::string_view text) const {
    std::string result(text);
    if (m_hasUtf8)
        return result;
    for (const auto& [sign, twin] : kAsciiTwins)
        for (auto at = result.find(sign); at != std::string::npos; at = result.find(sign, at + twin.size()))
            result.replace(at, sign.size(), twin);
    return result;
}

}
