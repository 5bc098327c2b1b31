#include "engine/quant/probe_scales.h"

#include "engine/model/tensor_io.h"
#include "engine/quant/input_scale.h"
#include "engine/quant/precision.h"
#include "engine/quant/probe_case.h"

namespace vlmptq::quant {

using nlohmann::json;

bool isScaleCase(const json& entry) {
    const auto method = entry.at("method").get<std::string>();
    return method == "awq" || method == "mbq";
}

ScaleCaseResult runScaleCase(const json& entry, const checkpoint::SafetensorsFile& file,
                             const checkpoint::SafetensorsFile& shared, Precision precision) {
    const auto type = scalarTypeOf(precision);
    const json& settings = entry.at("settings");
    const auto set = entry.at("acts").get<std::string>();
    const auto weight = tensorNamed(file, "W").to(type);
    const auto x = tensorNamed(shared, set + ".x_fp").to(type);
    const auto group = settings.value("groupsize", -1);
    const PseudoGrid grid{.bits = settings.at("bits").get<int>(),
                          .groupSize = group > 0 ? group : weight.size(1)};
    const bool weighsModalities = entry.at("method") == "mbq";
    ModalityLoss weighting{.visionWeight = settings.value("vision_weight", 0.1),
                           .isAbsolute = settings.value("loss", "mae") == "mae"};
    weighting.vision = tensorNamed(shared, set + ".vision").to(at::kBool);
    weighting.answer = weighting.vision.logical_not();

    const auto output = x.mm(weight.t());
    const auto scaling =
        searchInputScale({&weight, 1}, x.abs().mean(0), grid, [&](std::span<const at::Tensor> candidate) {
            const auto difference = output - x.mm(candidate[0].t());
            return weighsModalities ? modalityLoss(difference, weighting) : squaredLoss(difference);
        });
    at::Tensor scaled = weight * scaling.scale;
    ScaleCaseResult result;
    const auto add = [&](const char* name, const at::Tensor& tensor) {
        result.tensors.push_back(model::toTensorData(name, tensor.to(at::kFloat).contiguous()));
    };
    if (settings.value("clip", false)) {
        const auto limit = searchClip(scaled, x / scaling.scale, grid);
        add("clip_max", limit);
        scaled = clipped(scaled, limit);
    }
    const auto matrix = placeOnGrid(scaled, grid);
    const auto codes = matrix.codes.to(at::kShort);
    result.tensors.push_back(model::toTensorData("codes", grid.bits == 8 ? codes : codes.to(at::kChar)));
    add("in_scale", scaling.scale);
    add("scale", matrix.ranges.scale);
    add("zero", matrix.ranges.zero);
    add("W_hat", dequantize(matrix, codeRange(grid.bits, false)) / scaling.scale);
    result.scalars = {{"status", "ok"}, {"ratio_index", scaling.chosen}, {"losses", scaling.losses}};
    return result;
}

}
