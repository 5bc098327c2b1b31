#include "engine/evaluation/model_identity.h"

#include "engine/checkpoint/run_folder.h"
#include "engine/quant/run_fingerprint.h"

#include <nlohmann/json.hpp>

namespace vlmptq::evaluation {

ModelIdentity identityOf(const model::Vlm& vlm, const std::filesystem::path& folder,
                         const Placement& placement, const std::stop_token& stop) {
    const std::vector<families::Message> emptyQuestion{
        {.role = "user", .parts = {{.isImage = false, .text = ""}}}};
    ModelIdentity identity{.folder = folder.string(),
                           .weights = quant::modelHash(vlm.checkpoint(), stop),
                           .run = {},
                           .recipe = {},
                           .arithmetic = placement.arithmetic,
                           .device = placement.description,
                           .chatPrompt = vlm.processor().process(emptyQuestion, {}).renderedText,
                           .pixels = vlm.processor().pixelLimits()};
    if (checkpoint::isRunFolder(folder)) {
        const auto manifest = checkpoint::readManifest(folder);
        identity.run = manifest.fingerprint;
        identity.recipe = nlohmann::json(manifest.config).dump();
    }
    return identity;
}

}
