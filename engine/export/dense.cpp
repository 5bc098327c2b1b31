#include "engine/export/dense.h"

#include "engine/checkpoint/run_folder.h"
#include "engine/core/error.h"
#include "engine/core/file.h"
#include "engine/core/text.h"
#include "engine/export/hf_folder.h"
#include "engine/export/verify.h"
#include "engine/export/weight_source.h"
#include "engine/model/tensor_io.h"
#include "engine/workers.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include <cstdio>

namespace vlmptq::exporting {
namespace {

struct DtypeNames {
    checkpoint::Dtype file;
    const char* config;
    at::ScalarType scalar;
};

DtypeNames namesOf(api::DenseDtype dtype) {
    switch (dtype) {
    case api::DenseDtype::BFloat16:
        return {checkpoint::Dtype::BF16, "bfloat16", at::kBFloat16};
    case api::DenseDtype::Float16:
        return {checkpoint::Dtype::F16, "float16", at::kHalf};
    case api::DenseDtype::Float32:
        return {checkpoint::Dtype::F32, "float32", at::kFloat};
    }
    return {};
}

bool isFloat(checkpoint::Dtype dtype) {
    using checkpoint::Dtype;
    return dtype == Dtype::F64 || dtype == Dtype::F32 || dtype == Dtype::F16 || dtype == Dtype::BF16;
}

// Tensors in name order, cut into shards so that the tensors of one module stay together (formats.md 1).
std::vector<std::vector<checkpoint::TensorInfo>>
planShards(const checkpoint::Checkpoint& source, const DtypeNames& dtype, std::uint64_t shardBytes) {
    std::vector<std::vector<checkpoint::TensorInfo>> shards(1);
    std::uint64_t bytes = 0;
    std::string module;
    for (const auto* tensor : source.tensors()) {
        auto info = *tensor;
        if (isFloat(info.dtype))
            info.dtype = dtype.file;
        info.dtypeName = std::string(toString(info.dtype));
        info.begin = 0;
        info.end = static_cast<std::uint64_t>(info.elementCount()) * checkpoint::byteSize(info.dtype);
        const auto owner = info.name.substr(0, info.name.rfind('.'));
        if (owner != module && bytes > 0 && bytes + info.end > shardBytes) {
            shards.emplace_back();
            bytes = 0;
        }
        module = owner;
        bytes += info.end;
        shards.back().push_back(std::move(info));
    }
    return shards;
}

std::string shardName(std::size_t index, std::size_t count) {
    if (count == 1)
        return "model.safetensors";
    char name[64];
    std::snprintf(name, sizeof name, "model-%05zu-of-%05zu.safetensors", index + 1, count);
    return name;
}

class DenseExport {
public:
    DenseExport(const api::ExportRequest& request, EventSink& sink, std::stop_token stop)
        : m_request(request), m_sink(sink), m_stop(std::move(stop)), m_dtype(namesOf(request.dtype)),
          m_weights(request.runDir) {}

    api::ExportResult run() {
        m_sink.onEvent(event::StageChanged{Stage::Export});
        sayWhatIsLeftOut();
        const auto shards = planShards(m_weights.checkpoint(), m_dtype, m_request.shardBytes);
        for (const auto& shard : shards)
            for (const auto& info : shard)
                m_total += info.end;
        StagedFolder folder(m_request.outDir, m_request.replace, m_total,
                            {m_request.runDir, m_weights.checkpoint().folder()});
        m_result.files = copyCompanions(m_weights.checkpoint(), folder.path());
        writeConfig(m_weights.checkpoint(), m_dtype.config, folder.path());
        nlohmann::ordered_json map = nlohmann::ordered_json::object();
        for (std::size_t i = 0; i < shards.size(); ++i)
            writeShard(folder.path(), shardName(i, shards.size()), shards[i], map);
        if (shards.size() > 1)
            writeFileAtomically(
                folder.path() / "model.safetensors.index.json",
                nlohmann::ordered_json{{"metadata", {{"total_size", m_total}}}, {"weight_map", map}}.dump(2) +
                    "\n");
        m_result.bytes = m_total;
        m_result.roundingError = m_weightSquares > 0 ? m_roundingSquares / m_weightSquares : 0;
        if (m_request.verify)
            m_result.largestLogitDifference =
                verifyDense(folder.path(), m_request.runDir, m_dtype.scalar, m_sink, m_stop);
        folder.finish();
        m_result.outDir = m_request.outDir;
        return m_result;
    }

private:
    void sayWhatIsLeftOut() {
        const auto& quant = m_weights.manifest().config.quant;
        if (quant.activationBits == 16 && quant.cacheBits == 16)
            return;
        m_sink.onEvent(event::Warning{
            "W-WEIGHTS-ONLY", m_request.runDir.string(),
            "The run computes with " + std::to_string(quant.activationBits) + "-bit activations and a " +
                std::to_string(quant.cacheBits) +
                "-bit key/value cache; a dense checkpoint holds its weights only, whoever opens it computes "
                "with both in full."});
    }

    void writeShard(const std::filesystem::path& folder, const std::string& name,
                    const std::vector<checkpoint::TensorInfo>& tensors, nlohmann::ordered_json& map) {
        checkpoint::SafetensorsWriter writer(folder / name, tensors, {{"format", "pt"}});
        for (const auto& info : writer.order()) {
            throwIfStopped(m_stop);
            const auto data = model::toTensorData(info.name, converted(info));
            writer.append(data.bytes);
            map[info.name] = name;
            m_written += info.byteCount();
            m_sink.onEvent(event::Progress{Stage::Export, static_cast<double>(m_written),
                                           static_cast<double>(m_total), info.name});
        }
        writer.finish();
        m_result.files.push_back(name);
    }

    at::Tensor converted(const checkpoint::TensorInfo& info) {
        const auto tensor = m_weights.tensor(info.name);
        if (!tensor.is_floating_point())
            return tensor;
        const auto stored = tensor.to(m_dtype.scalar);
        if (!stored.isfinite().all().item<bool>())
            throw Error(ErrorKind::BadInput, "E-EXP-10",
                        info.name + " has values that " + m_dtype.config + " cannot hold.",
                        "Export as bf16 or f32.");
        if (m_weights.isQuantized(info.name)) {
            m_roundingSquares += (tensor - stored.to(at::kFloat)).square().sum(at::kDouble).item<double>();
            m_weightSquares += tensor.square().sum(at::kDouble).item<double>();
        }
        return stored;
    }

    const api::ExportRequest& m_request;
    EventSink& m_sink;
    std::stop_token m_stop;
    DtypeNames m_dtype;
    WeightSource m_weights;
    api::ExportResult m_result;
    std::uint64_t m_total = 0, m_written = 0;
    double m_weightSquares = 0, m_roundingSquares = 0;
};

}

api::ExportResult exportDense(const api::ExportRequest& request, EventSink& sink, std::stop_token stop) {
    c10::InferenceMode inference;
    return DenseExport(request, sink, std::move(stop)).run();
}

}
