// probe_case.h - one case of a folder in the schema of golden/methods: settings, weight and activations as
// the engine takes them (method.md 15). The Grams are accumulated sample by sample, in order, in the chosen
// precision.
#pragma once
#include "engine/calibration/gram.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/core/config.h"
#include "engine/workers.h"

#include <nlohmann/json_fwd.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace vlmptq::quant {

struct ProbeCase {
    std::string name;
    QuantConfig config;
    at::Tensor weight;      // [Co, Ci] as stored
    calibration::Gram gram; // with dX dX^T
};

// Throws Error (BadInput) naming a tensor that is missing.
at::Tensor tensorNamed(const checkpoint::SafetensorsFile&, const std::string& name);

// Usable as a file name, or an Error (BadInput).
std::string caseName(const nlohmann::json& entry);

// Why the engine cannot run this case; absent: it can.
std::optional<std::string> whyUnsupported(const nlohmann::json& entry);

// Reads the cases of one folder; the activation file is opened once. Throws Error (BadInput) naming file and
// field.
class ProbeFolder {
public:
    ProbeFolder(std::filesystem::path dir, Precision);
    const nlohmann::json& index() const { return *m_index; }
    const nlohmann::json& cases() const;
    const std::filesystem::path& dir() const { return m_dir; }
    Precision precision() const { return m_precision; }
    const checkpoint::SafetensorsFile& shared() const { return *m_shared; }
    ProbeCase load(const nlohmann::json& entry, Workers&) const;

private:
    at::Tensor activations(const std::string& name) const;
    calibration::Gram gramOf(const std::string& set, bool weighsTokens, Workers&) const;

    std::filesystem::path m_dir;
    Precision m_precision;
    std::shared_ptr<const nlohmann::json> m_index;
    std::shared_ptr<const checkpoint::SafetensorsFile> m_shared;
};

}
