#include "engine/checkpoint/run_folder.h"
#include "engine/core/error.h"
#include "engine/families/qwen2_5_vl/model.h"
#include "engine/model/vlm.h"

namespace vlmptq::model {
namespace {

struct FamilyModel {
    std::string_view family; // families::FamilyInfo::name
    std::unique_ptr<Vlm> (*open)(VlmSource);
};

// One line per family.
constexpr FamilyModel kFamilyModels[] = {
    {"qwen2_5_vl", families::qwen2_5_vl::openModel},
};

VlmSource findSource(const std::filesystem::path& folder, const OpenOptions& options) {
    if (!checkpoint::isRunFolder(folder))
        return {checkpoint::Checkpoint::open(folder), options, {}, 0};
    const checkpoint::RunManifest manifest = checkpoint::readManifest(folder);
    if (!std::filesystem::is_directory(manifest.modelFolder))
        throw Error(ErrorKind::BadInput, "E-MODEL-09",
                    "The run in " + folder.string() + " was made from " + manifest.modelFolder +
                        ", and that folder is gone.",
                    "Put the model back there: a run holds only the quantized matrices.");
    return {checkpoint::Checkpoint::open(manifest.modelFolder), options, folder, manifest.layers};
}

}

std::unique_ptr<Vlm> openModel(const std::filesystem::path& folder, const OpenOptions& options) {
    VlmSource source = findSource(folder, options);
    const families::FamilyInfo& family = families::familyOf(*source.files);
    for (const FamilyModel& known : kFamilyModels)
        if (known.family == family.name)
            return known.open(std::move(source));
    throw Error(ErrorKind::BadInput, "E-MODEL-10", family.title + " models cannot be run by this version.",
                "Update the program.");
}

}
