#include "engine/core/error.h"
#include "engine/core/text.h"
#include "engine/families/processor_family.h"

#include <algorithm>

namespace vlmptq::families {

namespace {

const std::vector<ProcessorFamily>& registry() {
#define VLMPTQ_ENTRY(name) name::processorFamily(),
    static const std::vector<ProcessorFamily> all{VLMPTQ_FAMILIES(VLMPTQ_ENTRY)};
#undef VLMPTQ_ENTRY
    return all;
}

std::string supportedTitles() {
    std::vector<std::string> titles;
    for (const auto& family : registry())
        titles.push_back(family.info.title);
    return join(titles, ", ");
}

}

const ProcessorFamily& processorFamilyOf(const checkpoint::Checkpoint& model) {
    const auto& config = model.config();
    const auto field = config.find("model_type");
    const auto type = field != config.end() && field->is_string() ? field->get<std::string>() : std::string();
    for (const auto& family : registry()) {
        const auto& types = family.info.modelTypes;
        if (std::find(types.begin(), types.end(), type) != types.end())
            return family;
    }
    const auto file = (model.folder() / "config.json").string();
    if (type.empty())
        throw Error(ErrorKind::BadInput, "E-FAM-01", file + " has no model_type.",
                    "Supported: " + supportedTitles() + ".");
    throw Error(ErrorKind::BadInput, "E-FAM-02",
                file + ": the architecture " + checkpoint::architectureOf(config) + " (model_type '" + type +
                    "') is not supported yet.",
                "Supported: " + supportedTitles() + ".");
}

const FamilyInfo& familyOf(const checkpoint::Checkpoint& model) { return processorFamilyOf(model).info; }

const std::vector<FamilyInfo>& families() {
    static const auto infos = [] {
        std::vector<FamilyInfo> all;
        for (const auto& family : registry())
            all.push_back(family.info);
        return all;
    }();
    return infos;
}

std::unique_ptr<Processor> openProcessor(std::shared_ptr<const checkpoint::Checkpoint> model) {
    const auto& family = processorFamilyOf(*model);
    return family.open(std::move(model));
}

void requireUsable(const std::shared_ptr<const checkpoint::Checkpoint>& model) {
    processorFamilyOf(*model).checkConfig(*model);
    openProcessor(model);
}

}
