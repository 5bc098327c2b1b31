#include "engine/checkpoint/run_folder.h"
#include "engine/core/error.h"
#include "engine/model/base_vlm.h"
#include "engine/model/simulation.h"

#include <algorithm>
#include <iterator>

namespace vlmptq::model {
namespace {

struct FamilyModel {
    std::string_view family; // families::FamilyInfo::name
    std::unique_ptr<Vlm> (*open)(VlmSource);
};

#define VLMPTQ_ENTRY(name) {#name, families::name::openModel},
constexpr FamilyModel kFamilyModels[] = {VLMPTQ_FAMILIES(VLMPTQ_ENTRY)};
#undef VLMPTQ_ENTRY

VlmSource findSource(const std::filesystem::path& folder, const OpenOptions& options) {
    if (!checkpoint::isRunFolder(folder))
        return {checkpoint::Checkpoint::open(folder), options, {}, 0};
    const checkpoint::RunManifest manifest = checkpoint::readManifest(folder);
    if (!std::filesystem::is_directory(manifest.modelFolder))
        throw Error(ErrorKind::BadInput, "E-MODEL-09",
                    "The run in " + folder.string() + " was made from " + manifest.modelFolder +
                        ", and that folder is gone.",
                    "Put the model back there: a run holds only the quantized matrices.");
    return {checkpoint::Checkpoint::open(manifest.modelFolder),
            simulating(options, manifest.config.quant, options.simulatesQuantizers), folder, manifest.layers};
}

}

std::unique_ptr<Vlm> openModel(const std::filesystem::path& folder, const OpenOptions& options) {
    VlmSource source = findSource(folder, options);
    const families::FamilyInfo& family = families::familyOf(*source.files);
    const auto* known = std::find_if(std::begin(kFamilyModels), std::end(kFamilyModels),
                                     [&](const FamilyModel& entry) { return entry.family == family.name; });
    VLMPTQ_CHECK(known != std::end(kFamilyModels), "a family is named as in families/list.h");
    return known->open(std::move(source));
}

}
