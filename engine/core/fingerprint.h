// fingerprint.h - what the numbers of a run depend on, as named parts: a JSON object name -> hash or value
// ("weights", "calibration", "settings", "program"). Two runs are comparable, and a run can be resumed, when
// all parts agree. The engine makes the parts, the store keeps them, and both compare them here. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace vlmptq {

// The one part that may differ on resume when the user says so (QuantizeRequest::allowOtherVersion).
inline constexpr std::string_view kProgramPart = "program";

struct FingerprintDifference {
    std::string part, stored, current; // empty: absent on that side
};

// SHA-256 of the parts, independent of their order in the text; throws Error (BadInput) when `parts` is no
// JSON object.
std::string fingerprintOf(const std::string& parts);
std::vector<FingerprintDifference> compareFingerprints(const std::string& storedParts,
                                                       const std::string& currentParts);
// Throws Error (BadInput) that lists the differing parts; `program` alone may differ if `allowOtherVersion`.
void requireSameFingerprint(const std::string& storedParts, const std::string& currentParts,
                            bool allowOtherVersion);

}
