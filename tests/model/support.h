// support.h - golden tensors as at::Tensor, and distances between tensors.
#pragma once
#include "engine/model/tensor_io.h"
#include "support/golden.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <limits>

namespace vlmptq::model {

constexpr const char* kQwenModels[] = {"qwen2_5_vl", "qwen2_5_vl-flat", "qwen2_5_vl-newnames-sharded",
                                       "qwen2_5_vl-flat-defaults-bf16"};
constexpr double kTolerance = 5e-4; // absolute, float32 (models.md 9)

inline std::string modelTestName(const testing::TestParamInfo<const char*>& info) {
    std::string name = info.param;
    std::replace_if(
        name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
    return name;
}

inline std::filesystem::path goldenModel(const std::string& name) {
    return test::goldenDir() / "models" / name;
}

class TensorFile {
public:
    explicit TensorFile(const std::filesystem::path& path)
        : m_file(checkpoint::SafetensorsFile::open(path)) {}
    bool has(const std::string& name) const { return m_file->find(name) != nullptr; }
    at::Tensor operator[](const std::string& name) const {
        const auto* info = m_file->find(name);
        if (!info)
            throw std::runtime_error("no tensor " + name + " in " + m_file->path().string());
        return tensorFromBytes(m_file->bytes(*info), *info);
    }
    const std::vector<checkpoint::TensorInfo>& infos() const { return m_file->tensors(); }

private:
    std::shared_ptr<const checkpoint::SafetensorsFile> m_file;
};

inline double largestDifference(const at::Tensor& a, const at::Tensor& b) {
    if (a.sizes() != b.sizes())
        return std::numeric_limits<double>::infinity();
    return a.numel() == 0 ? 0 : (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

inline double meanDifference(const at::Tensor& a, const at::Tensor& b) {
    return (a.to(at::kDouble) - b.to(at::kDouble)).abs().mean().item<double>();
}

}
