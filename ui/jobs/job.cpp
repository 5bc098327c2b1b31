#include "ui/jobs/job.h"

namespace vlmptq::ui {

std::optional<store::RunId> runOf(const Job& job) {
    if (const auto* quantize = std::get_if<QuantizeJob>(&job))
        return quantize->run;
    if (const auto* evaluate = std::get_if<EvaluateJob>(&job))
        return evaluate->run;
    return std::get<ExportJob>(job).run;
}

}
