// dataset_line.h - one calibration object in any of its three forms (method.md 9.1): question and answer,
// `conversations` (LLaVA, ShareGPT4V), `messages` (chat). Pure: pictures are named, not opened.
#pragma once
#include "engine/calibration/dataset.h"

#include <nlohmann/json_fwd.hpp>

namespace vlmptq::calibration {

// `where` ("<file>, line 7") begins every message. Picture paths are made absolute from `folder`. The last
// turn is the answer when the assistant speaks it. Throws Error (BadInput).
CalibrationLine parseCalibrationLine(const nlohmann::json& object, const std::filesystem::path& folder,
                                     const std::string& where);

}
