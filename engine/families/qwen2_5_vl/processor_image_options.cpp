#include "engine/core/error.h"
#include "engine/families/qwen2_5_vl/processor_image.h"
#include "engine/model/config_fields.h"

namespace vlmptq::families::qwen2_5_vl {

namespace {

using model::ConfigFields;
using Json = nlohmann::ordered_json;

constexpr std::int64_t bicubic = 3;
// Far beyond published files; they keep sizes and their products from overflowing.
constexpr std::int64_t patchLimit = 1024, minPixelsLimit = 1 << 28;

// The object that holds the picture constants, with its file; empty when the checkpoint has none.
std::pair<Json, std::string> constantsOf(const checkpoint::Checkpoint& model) {
    if (const auto file = model.json("processor_config.json"))
        if (const auto found = file->is_object() ? file->find("image_processor") : file->end();
            found != file->end() && found->is_object())
            return {Json(*found), "processor_config.json"};
    if (const auto file = model.json("preprocessor_config.json"))
        return {Json(*file), "preprocessor_config.json"};
    return {Json::object(), "preprocessor_config.json"};
}

std::array<double, 3> threeNumbers(const Json& constants, const char* key, const ConfigFields& fields,
                                   const std::array<double, 3>& fallback) {
    if (!fields.has(key))
        return fallback;
    const auto& list = constants.at(key);
    const bool fits = list.is_array() && list.size() == 3 && list[0].is_number() && list[1].is_number() &&
                      list[2].is_number();
    if (!fits)
        fields.refuse(key, "is " + list.dump() + ", not three numbers.");
    return {list[0].get<double>(), list[1].get<double>(), list[2].get<double>()};
}

// A size the processor file and the vision tower must agree on.
std::int64_t agreedSize(const ConfigFields& fields, const char* key, const std::optional<ConfigFields>& tower,
                        const char* towerKey, std::int64_t fallback) {
    const auto ofTower = tower ? tower->count(towerKey, fallback) : fallback;
    const auto size = fields.count(key, ofTower);
    if (size != ofTower)
        fields.refuse(key, "is " + std::to_string(size) + ", but vision_config." + towerKey + " is " +
                               std::to_string(ofTower) + ".");
    if (size > patchLimit)
        fields.refuse(key, "is " + std::to_string(size) + ", which is too large.");
    return size;
}

void readPixelLimits(const ConfigFields& fields, ImageOptions& options) {
    if (const auto size = fields.object("size")) { // pixel counts in spite of the names
        options.minPixels = size->count("shortest_edge", options.minPixels);
        options.maxPixels = size->count("longest_edge", options.maxPixels);
    }
    options.minPixels = fields.count("min_pixels", options.minPixels);
    options.maxPixels = fields.count("max_pixels", options.maxPixels);
    if (options.minPixels > minPixelsLimit)
        fields.refuse("min_pixels", "is " + std::to_string(options.minPixels) + ", which is too large.");
    if (options.minPixels > options.maxPixels)
        fields.refuse("min_pixels", "is " + std::to_string(options.minPixels) +
                                        ", more than the largest number of pixels, " +
                                        std::to_string(options.maxPixels) + ".");
}

}

ImageOptions readImageOptions(const checkpoint::Checkpoint& model) {
    const auto [constants, file] = constantsOf(model);
    const ConfigFields fields(constants, (model.folder() / file).string());
    const auto tower =
        ConfigFields(model.config(), (model.folder() / "config.json").string()).object("vision_config");
    ImageOptions options;
    for (const char* step : {"do_resize", "do_rescale", "do_normalize"})
        if (!fields.flag(step, true))
            fields.refuse(step, "is false, which is not supported.");
    if (fields.count("resample", bicubic) != bicubic)
        fields.refuse("resample", "is not 3 (bicubic).");
    options.patchSize = agreedSize(fields, "patch_size", tower, "patch_size", options.patchSize);
    options.temporalPatchSize =
        agreedSize(fields, "temporal_patch_size", tower, "temporal_patch_size", options.temporalPatchSize);
    options.mergeSize = agreedSize(fields, "merge_size", tower, "spatial_merge_size", options.mergeSize);
    readPixelLimits(fields, options);
    options.rescaleFactor = fields.positive("rescale_factor", options.rescaleFactor);
    options.mean = threeNumbers(constants, "image_mean", fields, options.mean);
    options.deviation = threeNumbers(constants, "image_std", fields, options.deviation);
    for (const double deviation : options.deviation)
        if (!(deviation > 0))
            fields.refuse("image_std", "must be positive.");
    return options;
}

}
