#include "engine/engine_impl.h"

#include "engine/api/load_engine.h"
#include "engine/core/error.h"
#include "engine/device.h"
#include "engine/evaluation/ask.h"
#include "engine/evaluation/runner.h"
#include "engine/export/dense.h"
#include "engine/model/probe_model.h"
#include "engine/quant/pipeline.h"
#include "engine/quant/probe_methods.h"

#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

#include <new>

namespace vlmptq {
namespace {

// `what_without_backtrace` is the sentence; the backtrace of c10 is two kilobytes of addresses.
template <class Work>
auto translated(const Work& work) -> decltype(work()) {
    c10::InferenceMode inference;
    try {
        return work();
    } catch (const Error&) {
        throw;
    } catch (const c10::Error& error) {
        const std::string what = error.what_without_backtrace();
        if (what.find("out of memory") != std::string::npos ||
            what.find("not enough memory") != std::string::npos)
            throw Error(ErrorKind::NoResource, "E-MEM-01", "Memory ran out: " + what,
                        "Use fewer samples or another device.");
        throw Error(ErrorKind::RunFailed, "E-TORCH", "LibTorch refused an operation: " + what,
                    "Please report this with the log.");
    } catch (const std::bad_alloc&) {
        throw Error(ErrorKind::NoResource, "E-MEM-02", "Memory ran out.",
                    "Use fewer samples, or close other programs.");
    } catch (const std::filesystem::filesystem_error& error) {
        throw Error(ErrorKind::NoResource, "E-FILE-20",
                    std::string("A file operation failed: ") + error.what() + ".",
                    "Check the path, its permissions and the free disk space.");
    } catch (const std::exception& error) {
        throw Error(ErrorKind::RunFailed, "E-INTERNAL-02",
                    std::string("An unexpected error: ") + error.what() + ".",
                    "Please report this with the log.");
    }
}

}

api::EngineInfo EngineImpl::info() {
    return translated([] { return describeMachine(); });
}

RunSummary EngineImpl::quantize(const api::QuantizeRequest& request, EventSink& sink, std::stop_token stop) {
    return translated([&] {
        throwIfInvalid(request.config);
        return quant::runPipeline(request, sink, stop);
    });
}

std::vector<BenchmarkScore> EngineImpl::evaluate(const api::EvaluateRequest& request, EventSink& sink,
                                                 std::stop_token stop) {
    return translated([&] { return evaluation::evaluateModel(request, m_images, sink, stop); });
}

api::AskResult EngineImpl::ask(const api::AskRequest& request, EventSink&, std::stop_token stop) {
    return translated([&] { return evaluation::ask(request, stop); });
}

api::ExportResult EngineImpl::exportCheckpoint(const api::ExportRequest& request, EventSink& sink,
                                               std::stop_token stop) {
    return translated([&] {
        if (request.format != "dense")
            throw Error(ErrorKind::BadOption, "E-EXP-40",
                        "Export format '" + request.format + "' is not known.", "Use: dense.");
        return exporting::exportDense(request, sink, stop);
    });
}

api::ProbeResult EngineImpl::probeMethods(const std::filesystem::path& dir, const std::filesystem::path& out,
                                          Precision precision) {
    return translated([&] { return quant::probeMethods(dir, out, precision); });
}

api::ProbeResult EngineImpl::probeModel(const std::filesystem::path& dir, const std::filesystem::path& out) {
    return translated([&] { return model::probeModel(dir, out); });
}

}

vlmptq::api::Engine* vlmptqCreateEngine(int interfaceVersion) {
    return interfaceVersion == kEngineInterface ? new vlmptq::EngineImpl : nullptr;
}
