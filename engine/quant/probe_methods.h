// probe_methods.h - `vlmptq probe methods`: runs every case of DIR/index.json (schema of golden/methods) and
// writes OUT/<case>.safetensors with the golden's tensor names and OUT/results.json with status and scalars,
// so that the numbers can be compared with any other implementation.
#pragma once
#include "engine/api/engine.h"

#include <filesystem>

namespace vlmptq::quant {

// A case that fails becomes an entry with status "error". Throws Error (BadInput) when the folder itself
// cannot be read.
api::ProbeResult probeMethods(const std::filesystem::path& dir, const std::filesystem::path& out, Precision);

}
