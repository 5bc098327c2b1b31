// demo_report.h - the demo's one table, on the terminal and in its Markdown report. Pure.
#pragma once
#include "app/cli/demo_plan.h"
#include "app/cli/evaluation_report.h"

namespace vlmptq::cli {

struct DemoResult {
    std::string method, scheme; // "Full precision" and "BF16" for the unquantized model
    Evaluation evaluation;
    std::optional<store::RunRecord> run;
    std::filesystem::path checkpoint;
};

struct DemoReport {
    std::string command, database, selection; // "first 50 rows of each benchmark"
    std::vector<DemoResult> results;
};

// method, scheme, the eight scores, mean, answer loss, model error of vision and text, seconds
Table demoTable(const DemoReport&);
std::string demoMarkdown(const DemoReport&);
nlohmann::ordered_json demoJson(const DemoReport&);

}
