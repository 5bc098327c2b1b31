#include "program.h"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace vlmptq::test {
namespace {

std::vector<std::string> merged(const Environment& changes) {
    std::vector<std::string> lines;
    for (char** entry = environ; *entry; ++entry) {
        const std::string line = *entry;
        if (!changes.contains(line.substr(0, line.find('='))))
            lines.push_back(line);
    }
    for (const auto& [name, value] : changes)
        if (!value.empty())
            lines.push_back(name + "=" + value);
    return lines;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (auto& text : texts)
        result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

// True while the stream is open.
bool readInto(std::string& text, int& descriptor) {
    std::array<char, 65536> buffer;
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count > 0) {
        text.append(buffer.data(), static_cast<std::size_t>(count));
        return true;
    }
    ::close(descriptor);
    descriptor = -1;
    return false;
}

}

std::vector<nlohmann::json> Finished::jsonLines() const {
    std::vector<nlohmann::json> lines;
    std::istringstream stream(out);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(nlohmann::json::parse(line));
    return lines;
}

nlohmann::json Finished::json() const {
    const auto lines = jsonLines();
    if (lines.size() != 1)
        throw std::runtime_error("expected one line of JSON, got " + std::to_string(lines.size()) + ": " +
                                 out + err);
    return lines.front();
}

Program::Program(const std::vector<std::string>& arguments, const Environment& changes)
    : m_start(std::chrono::steady_clock::now()) {
    std::vector<std::string> words{(folderFrom("VLMPTQ_PROGRAM_DIR") / "vlmptq").string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    auto variables = merged(changes);
    const auto argv = pointers(words), envp = pointers(variables);
    int out[2], err[2];
    if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0)
        throw std::runtime_error("no pipe");
    m_process = ::fork();
    if (m_process < 0)
        throw std::runtime_error("no process");
    if (m_process == 0) {
        const int nothing = ::open("/dev/null", O_RDONLY);
        ::dup2(nothing, STDIN_FILENO);
        ::dup2(out[1], STDOUT_FILENO);
        ::dup2(err[1], STDERR_FILENO);
        std::signal(SIGXFSZ, SIG_DFL); // as from a shell, even while the test ignores it
        ::execve(argv[0], argv.data(), envp.data());
        ::_exit(127);
    }
    ::close(out[1]);
    ::close(err[1]);
    m_out = out[0];
    m_err = err[0];
}

Program::~Program() {
    if (m_process > 0) {
        ::kill(m_process, SIGKILL);
        ::waitpid(m_process, nullptr, 0);
    }
    for (const int descriptor : {m_out, m_err})
        if (descriptor >= 0)
            ::close(descriptor);
}

void Program::signal(int number) const { ::kill(m_process, number); }

void Program::closeOutput() {
    ::close(m_out);
    m_out = -1;
}

bool Program::readSome(std::chrono::milliseconds wait) {
    std::array<pollfd, 2> streams{pollfd{m_out, POLLIN, 0},
                                  pollfd{m_err, POLLIN, 0}}; // -1 is skipped by poll
    if (::poll(streams.data(), streams.size(), static_cast<int>(wait.count())) > 0) {
        if (streams[0].revents)
            readInto(m_finished.out, m_out);
        if (streams[1].revents)
            readInto(m_finished.err, m_err);
    }
    return m_out >= 0 || m_err >= 0;
}

bool Program::waitForOutput(const std::string& text, std::chrono::seconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (std::chrono::steady_clock::now() < end) {
        if (m_finished.out.find(text) != std::string::npos || m_finished.err.find(text) != std::string::npos)
            return true;
        if (!readSome(std::chrono::milliseconds(50)))
            return false;
    }
    return false;
}

Finished Program::wait(std::chrono::seconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (readSome(std::chrono::milliseconds(50)))
        if (std::chrono::steady_clock::now() > end) {
            ::kill(m_process, SIGKILL);
            ADD_FAILURE() << "the program did not end in time\n" << m_finished.out << m_finished.err;
        }
    int status = 0;
    ::waitpid(m_process, &status, 0);
    m_process = -1;
    m_finished.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    m_finished.seconds = std::chrono::steady_clock::now() - m_start;
    return m_finished;
}

Environment ProgramTest::environment(const Environment& more) const {
    Environment variables{{"HOME", m_folder.path().string()},
                          {"XDG_CONFIG_HOME", ""},
                          {"XDG_DATA_HOME", ""},
                          {"VLMPTQ_DB", path("runs.db")},
                          {"LC_ALL", "C.UTF-8"},
                          {"NO_COLOR", ""},
                          {"TERM", "xterm"}};
    for (const auto& [name, value] : more)
        variables[name] = value;
    return variables;
}

Environment ProgramTest::scripted(Environment more) const {
    more["LD_LIBRARY_PATH"] = folderFrom("VLMPTQ_SCRIPTED_ENGINE_DIR").string();
    return environment(more);
}

Finished ProgramTest::run(const std::vector<std::string>& arguments, const Environment& more) const {
    return Program(arguments, environment(more)).wait();
}

Finished ProgramTest::runScripted(const std::vector<std::string>& arguments, Environment more) const {
    return Program(arguments, scripted(std::move(more))).wait();
}

std::string maskedNumbers(const std::string& text) {
    return std::regex_replace(text, std::regex(R"([0-9]+([.:][0-9]+)*(e[-+]?[0-9]+)?)"), "#");
}

}
