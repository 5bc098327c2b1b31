// run_process.h - who works on a run: host, process and its start time, so that a reused process number is
// not mistaken for the process that died. Linux only (/proc).
#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace vlmptq::store {

struct ProcessIdentity {
    std::string host;
    std::int64_t pid = 0;
    std::int64_t startTicks = 0; // since boot
    bool operator==(const ProcessIdentity&) const = default;
};

ProcessIdentity thisProcess();
bool isOnThisHost(const ProcessIdentity&);
bool isAlive(const ProcessIdentity&); // only meaningful on this host

}
