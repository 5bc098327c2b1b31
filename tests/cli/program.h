// program.h - starts the real `vlmptq` as a user's shell would and looks at its streams and exit code.
#pragma once
#include "support/golden.h"
#include "support/scratch_folder.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace vlmptq::test {

struct Finished {
    int exitCode = -1; // 128 + signal when it was killed
    std::string out, err;
    std::chrono::duration<double> seconds{};

    std::vector<nlohmann::json> jsonLines() const; // throws when a line of stdout is not JSON
    nlohmann::json json() const;                   // of the only line
};

using Environment = std::map<std::string, std::string>; // an empty value removes the variable

// A started program. Its destructor kills what still runs.
class Program {
public:
    Program(const std::vector<std::string>& arguments, const Environment&);
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    void signal(int number) const;
    void closeOutput(); // as `| head` does when it has enough
    bool waitForOutput(const std::string& text,
                       std::chrono::seconds limit = std::chrono::seconds(60)); // on either stream
    Finished wait(std::chrono::seconds limit = std::chrono::seconds(300));

private:
    bool readSome(std::chrono::milliseconds wait); // false: both streams have ended

    int m_process = -1, m_out = -1, m_err = -1;
    std::chrono::steady_clock::time_point m_start;
    Finished m_finished;
};

// A test with a folder and a run database of its own, outside of the user's configuration.
class ProgramTest : public testing::Test {
protected:
    Finished run(const std::vector<std::string>& arguments, const Environment& more = {}) const;
    Finished runScripted(const std::vector<std::string>& arguments, Environment more = {}) const;
    Environment environment(const Environment& more = {}) const;
    Environment scripted(Environment more = {}) const; // with the scripted engine

    std::string model() const { return (demoDir() / "model").string(); }
    std::string path(const std::string& name) const { return (m_folder / name).string(); }

    ScratchFolder m_folder;
};

// Every number as #, so that texts can be compared while timings differ.
std::string maskedNumbers(const std::string& text);

}
