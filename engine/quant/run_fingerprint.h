// run_fingerprint.h - what makes two runs comparable and a resume safe, as the named parts of
// core/fingerprint.h: model, calibration data, every setting that can change a result, arithmetic.
#pragma once
#include "engine/checkpoint/checkpoint.h"
#include "engine/core/config.h"

#include <stop_token>
#include <string>

namespace vlmptq::quant {

// A JSON object as text. `calibrationHash`: CalibrationSet::contentHash. `arithmetic`: device, dtype,
// kernels, BLAS, LibTorch; not the thread count, on which no bit depends.
std::string fingerprintParts(const checkpoint::Checkpoint&, const RunConfig&,
                             const std::string& calibrationHash, const std::string& arithmetic,
                             const std::stop_token&);
// Of config and weights. Weights are hashed whole up to 1 GiB per file; of larger files the header, the size
// and 1,024 evenly spaced blocks of 64 KiB, which finds a replaced file but not every changed byte.
std::string modelHash(const checkpoint::Checkpoint&, const std::stop_token&);

}
