#include "engine/jobs/model_title.h"

#include "engine/core/text.h"
#include "engine/families/processor.h"

namespace vlmptq::jobs {
namespace {

std::string parameterText(double parameters) {
    if (parameters >= 999.95e6)
        return fixed(parameters / 1e9, 1) + "B";
    if (parameters >= 99.95e6)
        return fixed(parameters / 1e6, 0) + "M";
    return fixed(parameters / 1e6, 1) + "M";
}

}

std::string modelTitle(const checkpoint::Checkpoint& model) {
    const auto summary = families::summarize(model);
    return families::familyOf(model).title + " " + parameterText(static_cast<double>(summary.parameters));
}

}
