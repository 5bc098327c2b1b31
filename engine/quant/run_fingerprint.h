// run_fingerprint.h - what makes two runs comparable and a resume safe: model, calibration data, settings, arithmetic.
#pragma once
#include "engine/checkpoint/checkpoint.h"
#include "engine/core/config.h"

#include <nlohmann/json.hpp>

#include <string>

namespace vlmptq::quant {

struct RunFingerprint {
    nlohmann::ordered_json parts; // name -> hash or value: what is compared and shown when two differ
    std::string hash;             // of all parts
};

// `calibrationHash`: CalibrationSet::contentHash. `arithmetic`: device, dtype, kernels, LibTorch; not the thread count,
// on which no bit depends.
RunFingerprint fingerprintOf(const checkpoint::Checkpoint&, const RunConfig&, const std::string& calibrationHash,
                             const std::string& arithmetic);
// Of config and weights. Weights are hashed whole up to 1 GiB per file; of larger files the header, the size and 1,024
// evenly spaced blocks of 64 KiB, which finds a replaced file but not every changed byte.
std::string modelHash(const checkpoint::Checkpoint&);

}
