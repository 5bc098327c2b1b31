#include "engine/store/run_process.h"

#include <array>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace vlmptq::store {
namespace {

std::string hostName() {
    std::array<char, 256> name{};
    gethostname(name.data(), name.size() - 1);
    return name.data();
}

// Field 22 of /proc/<pid>/stat; the second field, in brackets, may hold blanks. A zombie counts as gone.
std::optional<std::int64_t> startTicksOf(std::int64_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    if (!std::getline(file, line))
        return std::nullopt;
    std::istringstream fields(line.substr(line.rfind(')') + 1));
    std::string field;
    for (int number = 3; number <= 22 && fields >> field; ++number)
        if (number == 3 && field == "Z")
            return std::nullopt;
    return std::stoll(field);
}

}

ProcessIdentity thisProcess() { return {hostName(), getpid(), startTicksOf(getpid()).value_or(0)}; }
bool isOnThisHost(const ProcessIdentity& process) { return process.host == hostName(); }
bool isAlive(const ProcessIdentity& process) { return startTicksOf(process.pid) == process.startTicks; }

}
