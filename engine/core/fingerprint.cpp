#include "engine/core/fingerprint.h"

#include "engine/core/error.h"
#include "engine/core/text.h"

#include <nlohmann/json.hpp>

#include <set>

namespace vlmptq {
namespace {

using nlohmann::json;

json parsedParts(const std::string& text) {
    auto parts = json::parse(text, nullptr, false);
    if (!parts.is_object())
        throw Error(ErrorKind::BadInput, "E-JOB-02",
                    "The fingerprint of the run is not readable: '" + text.substr(0, 80) + "'.",
                    "Start a new run.");
    return parts;
}

std::string valueText(const json& parts, const std::string& name) {
    const auto found = parts.find(name);
    if (found == parts.end())
        return {};
    return found->is_string() ? found->get<std::string>() : found->dump();
}

// Hashes are long and say nothing beyond being different.
std::string shortened(const std::string& value) {
    constexpr std::size_t kShown = 12;
    if (value.empty())
        return "absent";
    return value.size() > kShown + 3 ? value.substr(0, kShown) + "..." : value;
}

}

std::vector<FingerprintDifference> compareFingerprints(const std::string& storedParts,
                                                       const std::string& currentParts) {
    const json stored = parsedParts(storedParts), current = parsedParts(currentParts);
    std::set<std::string> names;
    for (const auto& parts : {stored, current})
        for (const auto& [name, value] : parts.items())
            names.insert(name);
    std::vector<FingerprintDifference> differences;
    for (const auto& name : names) {
        auto before = valueText(stored, name), now = valueText(current, name);
        if (before != now)
            differences.push_back({name, std::move(before), std::move(now)});
    }
    return differences;
}

void requireSameFingerprint(const std::string& storedParts, const std::string& currentParts) {
    std::vector<std::string> listed;
    for (const auto& [part, stored, current] : compareFingerprints(storedParts, currentParts))
        listed.push_back(part + " (" + shortened(stored) + " -> " + shortened(current) + ")");
    if (listed.empty())
        return;
    throw Error(ErrorKind::BadInput, "E-JOB-03",
                "The run cannot go on, because what it depends on has changed: " + join(listed, ", ") + ".",
                "Restore what has changed, or start a new run.");
}

}
