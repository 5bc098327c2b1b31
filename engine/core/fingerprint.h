// fingerprint.h - what the numbers of a run depend on, as named parts: a JSON object name -> hash or value
// ("model", "calibration data", "settings", ...). Two runs are comparable, and a run can be resumed, when all
// parts agree. The engine makes the parts, the store keeps them. The program's version is no part: the engine
// compares it by the run's manifest.
#pragma once
#include <string>
#include <vector>

namespace vlmptq {

struct FingerprintDifference {
    std::string part, stored, current; // empty: absent on that side
};

// Throws Error (BadInput) when one of them is no JSON object.
std::vector<FingerprintDifference> compareFingerprints(const std::string& storedParts,
                                                       const std::string& currentParts);
// The Error (BadInput) lists all differences.
void requireSameFingerprint(const std::string& storedParts, const std::string& currentParts);

}
