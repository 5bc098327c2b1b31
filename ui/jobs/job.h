// job.h - what the engine's thread can be asked to do, and how it ends. Plain values that cross threads.
#pragma once
#include "engine/api/engine.h"
#include "engine/store/run_store.h"
#include "ui/problem.h"

#include <optional>
#include <variant>

namespace vlmptq::ui {

struct QuantizeJob {
    std::filesystem::path database;
    store::RunId run = 0; // new or to be resumed: its record says which
    bool allowOtherVersion = false;
};

struct EvaluateJob {
    std::filesystem::path database;
    std::optional<store::RunId> run; // absent: the full-precision checkpoint request.model
    api::EvaluateRequest request;
    bool resume = true;
};

struct ExportJob {
    store::RunId run = 0;
    api::ExportRequest request;
};

using Job = std::variant<QuantizeJob, EvaluateJob, ExportJob>;

enum class JobEnd { Finished, FinishedWithWarnings, Paused, Stopped, Failed };

struct JobResult {
    JobEnd end = JobEnd::Finished;
    Problem problem; // of a failed job
    std::optional<api::ExportResult> exported{};
};

std::optional<store::RunId> runOf(const Job&);

}

Q_DECLARE_METATYPE(vlmptq::ui::JobResult)
Q_DECLARE_METATYPE(vlmptq::Event)
Q_DECLARE_METATYPE(vlmptq::api::EngineInfo)
