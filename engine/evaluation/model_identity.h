// model_identity.h - what is evaluated and how it computes, for records and manifests. Reads the weights once
// (a sample of them where files are large).
#pragma once
#include "engine/device.h"
#include "engine/evaluation/benchmark_manifest.h"
#include "engine/model/vlm.h"

namespace vlmptq::evaluation {

// `folder`: of the checkpoint or of the run that `vlm` was opened from.
ModelIdentity identityOf(const model::Vlm& vlm, const std::filesystem::path& folder, const Placement&,
                         const std::stop_token&);

}
