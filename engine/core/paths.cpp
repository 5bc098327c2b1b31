#include "engine/core/paths.h"

#include "engine/core/error.h"

#include <cstdlib>
#include <vector>

namespace fs = std::filesystem;

namespace vlmptq::paths {
namespace {

fs::path fromEnvironment(const char* variable) {
    const char* value = std::getenv(variable);
    return value ? fs::path(value) : fs::path();
}

// The XDG rule: the variable when it holds an absolute path, else the usual folder below the home folder.
fs::path userFolder(const char* variable, const char* belowHome) {
    const fs::path base = fromEnvironment(variable);
    return (base.is_absolute() ? base : fromEnvironment("HOME") / belowHome) / "vlmptq";
}

std::vector<fs::path> demoCandidates() {
    if (const fs::path given = fromEnvironment("VLMPTQ_DEMO_DIR"); !given.empty())
        return {given};
    return {programFolder().parent_path() / "share/vlmptq/demo", fs::path(VLMPTQ_SOURCE_DEMO_DIR)};
}

}

fs::path programFolder() {
    std::error_code failure;
    const fs::path program = fs::read_symlink("/proc/self/exe", failure);
    return failure ? fs::current_path() : program.parent_path();
}

std::optional<fs::path> findDemo() {
    for (const auto& place : demoCandidates())
        if (fs::is_regular_file(place / "model/config.json"))
            return fs::absolute(place).lexically_normal();
    return std::nullopt;
}

Demo demo() {
    if (const auto folder = findDemo())
        return {
            .model = *folder / "model", .calibration = *folder / "calib", .benchmarks = *folder / "bench"};
    std::string places;
    for (const auto& place : demoCandidates())
        places += (places.empty() ? "" : ", ") + place.string();
    throw Error(ErrorKind::BadInput, "E-DEMO-01", "The demo model was not found; looked in: " + places + ".",
                "Set VLMPTQ_DEMO_DIR to the folder that holds model/, calib/ and bench/.");
}

fs::path configFile() { return userFolder("XDG_CONFIG_HOME", ".config") / "config.json"; }
fs::path dataFolder() { return userFolder("XDG_DATA_HOME", ".local/share"); }

}
