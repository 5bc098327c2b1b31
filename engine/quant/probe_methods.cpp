#include "engine/quant/probe_methods.h"

#include "engine/checkpoint/safetensors.h"
#include "engine/core/error.h"
#include "engine/core/file.h"
#include "engine/model/tensor_io.h"
#include "engine/quant/probe_case.h"
#include "engine/quant/probe_rotation.h"
#include "engine/quant/probe_scales.h"
#include "engine/quant/quantize.h"

#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <thread>

namespace vlmptq::quant {
namespace {

using nlohmann::json;

// The golden layout: codes signed for symmetric grids with zero 0; scale and zero per column where groups
// follow the order.
void addCodes(const QuantizedMatrix& matrix, const QuantConfig& config,
              std::vector<checkpoint::TensorData>& out) {
    const int offset = config.symmetric ? 1 << (config.weightBits - 1) : 0;
    const bool isWide = config.weightBits == 8 && !config.symmetric;
    at::Tensor scale = matrix.scale, zero = matrix.zero.to(at::kFloat) - offset;
    if (matrix.groupIndex.defined()) {
        scale = scale.index_select(1, matrix.groupIndex);
        zero = zero.index_select(1, matrix.groupIndex);
    }
    const at::Tensor codes = matrix.codes.to(at::kShort) - offset;
    out.push_back(model::toTensorData("codes", isWide ? codes : codes.to(at::kChar)));
    out.push_back(model::toTensorData("scale", scale));
    out.push_back(model::toTensorData("zero", zero));
    out.push_back(model::toTensorData("W_hat", matrix.dequantized));
}

std::vector<checkpoint::TensorData> tensorsOf(const ProbeCase& problem, const Factors& factors,
                                              const QuantizedMatrix& matrix) {
    const MethodRecipe& recipe = methodNamed(problem.config.method).recipe;
    std::vector<checkpoint::TensorData> out;
    const auto add = [&](const char* name, const at::Tensor& tensor) {
        if (tensor.defined())
            out.push_back(model::toTensorData(name, tensor.to(at::kFloat)));
    };
    addCodes(matrix, problem.config, out);
    add("H_diag", problem.gram.hessian.diagonal());
    if (factors.lower.defined())
        add("L_diag", factors.lower.diagonal());
    if (!recipe.returnsToOriginal) // there it is P - R
        add("P", factors.residual);
    if (recipe.usesCorrection)
        add("C", factors.correction);
    if (factors.permutation.defined())
        out.push_back(model::toTensorData("perm", factors.permutation.to(at::kInt)));
    if (matrix.awareness) {
        add("M", matrix.importance);
        add("hv_diag", problem.gram.visionDiag);
        add("hl_diag", problem.gram.textDiag);
    }
    return out;
}

json scalarsOf(const ProbeCase& problem, const Factors& factors, const QuantizedMatrix& matrix) {
    json scalars{{"status", "ok"},
                 {"recon_loss", reconstructionLoss(problem.weight, matrix.dequantized, problem.gram)}};
    if (methodNamed(problem.config.method).recipe.sweeps) {
        scalars["percdamp_used"] = factors.dampUsed;
        scalars["cholesky_retries"] = factors.retries;
    }
    if (matrix.awareness) {
        json grid = json::array(), losses = json::array();
        for (const MuPoint& point : matrix.muCurve) {
            if (!point.isCandidate)
                continue;
            grid.push_back(point.mu);
            losses.push_back(point.loss);
        }
        scalars["mu"] = *matrix.awareness;
        scalars["mu_grid"] = grid;
        scalars["mu_losses"] = losses;
    }
    if (!matrix.trouble.empty())
        scalars["message"] = matrix.trouble;
    return scalars;
}

json runCase(const ProbeCase& problem, const std::filesystem::path& out, Workers& workers) {
    Factors factors;
    if (methodNamed(problem.config.method).recipe.sweeps)
        factors = factorize(problem.gram, problem.config, workers);
    const QuantizedMatrix matrix = quantizeMatrix(
        {.weight = problem.weight, .gram = &problem.gram, .factors = &factors, .name = problem.name},
        problem.config, workers);
    checkpoint::writeSafetensors(out / (problem.name + ".safetensors"), tensorsOf(problem, factors, matrix));
    return scalarsOf(problem, factors, matrix);
}

json runScales(const ProbeFolder& folder, const json& entry, const std::filesystem::path& out) {
    const auto file = checkpoint::SafetensorsFile::open(folder.dir() / entry.at("file").get<std::string>());
    const auto result = runScaleCase(entry, *file, folder.shared(), folder.precision());
    checkpoint::writeSafetensors(out / (caseName(entry) + ".safetensors"), result.tensors);
    return result.scalars;
}

// Runs one case; whatever goes wrong in it is its result, and the others go on.
json guarded(const std::function<json()>& run) {
    const auto failed = [](const std::string& message) {
        return json{{"status", "error"}, {"message", message}};
    };
    try {
        return run();
    } catch (const Error& error) {
        return failed(error.message());
    } catch (const c10::Error& error) {
        return failed(error.what_without_backtrace());
    } catch (const json::exception& error) {
        return failed(std::string("A field of the case is missing or has the wrong type: ") + error.what());
    }
}

json runMatrix(const ProbeFolder& folder, const json& entry, const std::filesystem::path& out,
               Workers& workers) {
    if (const auto reason = whyUnsupported(entry))
        return {{"status", "unsupported"}, {"message", *reason}};
    return isScaleCase(entry) ? runScales(folder, entry, out)
                              : runCase(folder.load(entry, workers), out, workers);
}

json runSpecial(const ProbeFolder& folder, const SpecialCase& special, const std::filesystem::path& out) {
    checkpoint::writeSafetensors(
        out / (special.name + ".safetensors"),
        special.run(*special.entry, folder.dir(), folder.shared(), folder.precision()));
    return {{"status", "ok"}};
}

}

api::ProbeResult probeMethods(const std::filesystem::path& dir, const std::filesystem::path& out,
                              Precision precision) {
    const c10::InferenceMode inference;
    Workers workers(static_cast<int>(std::max(1u, std::thread::hardware_concurrency())));
    const ProbeFolder folder(dir, precision);
    std::filesystem::create_directories(out);
    json results = json::object();
    for (const json& entry : folder.cases())
        results[entry.at("name").get<std::string>()] =
            guarded([&] { return runMatrix(folder, entry, out, workers); });
    for (const SpecialCase& special : specialCases(folder.index()))
        results[special.name] = guarded([&] { return runSpecial(folder, special, out); });
    api::ProbeResult counts;
    for (const json& result : results) {
        const std::string status = result.at("status").get<std::string>();
        ++(status == "ok" ? counts.ok : status == "unsupported" ? counts.unsupported : counts.errors);
    }
    writeFileAtomically(out / "results.json", results.dump(2) + "\n");
    return counts;
}

}
