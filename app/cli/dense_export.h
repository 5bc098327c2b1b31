// dense_export.h - a run written as an ordinary checkpoint folder, for `export`, `quantize --out` and the
// demo.
#pragma once
#include "app/cli/session.h"

namespace vlmptq::cli {

struct DenseExport {
    std::filesystem::path outDir;
    api::DenseDtype dtype = api::DenseDtype::BFloat16;
    std::uint64_t shardBytes = 4ull << 30;
    bool verify = true, replace = false;
    DeviceConfig device;
};

api::ExportResult exportDense(Session&, const store::RunRecord&, const DenseExport&);

}
