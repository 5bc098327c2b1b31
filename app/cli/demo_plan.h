// demo_plan.h - what the demo runs: methods x bits x groups on the built-in model, and the file in its output
// folder that lets a stopped demo go on where it was.
#pragma once
#include "engine/core/config.h"
#include "engine/core/paths.h"
#include "engine/store/run_store.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace vlmptq::cli {

// "gptq" or, with other ranges than the method's own, "gptq+diag-h".
struct DemoVariant {
    std::string method;
    std::optional<Ranges> ranges;

    static DemoVariant parse(const std::string& text); // throws Error (BadOption)
    std::string key() const;
    std::string title() const; // "GPTQ, diag-h ranges"
};

// Every method of the registry in its order, and GPTQ with the ranges that isolate what M adds.
std::vector<std::string> tableVariants();

struct DemoRow {
    DemoVariant variant;
    int bits = 3, group = -1;

    std::string key() const;        // "gptq+diag-h W3 g64"
    std::string schemeText() const; // "W3 g64"
};

std::vector<DemoRow> demoRows(const std::vector<std::string>& variants, const std::vector<std::int64_t>& bits,
                              const std::vector<std::int64_t>& groups);

// The settings of a row: lines 1-128 of the demo calibrate, 129-160 are held out, asymmetric, mu on 16
// samples.
RunConfig demoConfig(const paths::Demo&, const DemoRow&, const DeviceConfig&);

// <out>/demo.json: which runs belong to the demo in this folder. Saved after every step.
class DemoState {
public:
    // Takes up an unfinished demo of the same plan (rows, limit, database), else starts a new one.
    static DemoState open(const std::filesystem::path& out, const std::string& plan);
    bool isContinued() const { return m_isContinued; }

    std::optional<store::RunId> runOf(const DemoRow&) const;
    void setRun(const DemoRow&, store::RunId);
    bool isDone(const std::string& step) const; // "full precision", or the key of a row
    void setDone(const std::string& step);
    void finish();

private:
    void save() const;

    std::filesystem::path m_file;
    std::string m_plan;
    std::map<std::string, store::RunId> m_runs;
    std::vector<std::string> m_done;
    bool m_isContinued = false, m_isFinished = false;
};

}
