// The table of tasks. A new benchmark is its scorer file and one entry here.
#include "engine/core/text.h"
#include "engine/evaluation/benchmark.h"
#include "engine/evaluation/scorers/scorers.h"

#include <algorithm>

namespace vlmptq::evaluation {
namespace {

constexpr bool kGraded = true, kRightOrWrong = false;
constexpr double kMmeTolerance = 0.02; // the published counts do not add up (benchmarks.md 10)
constexpr const char* kAssistant = "ASSISTANT:";

Task demoTask(const char* name, const char* scorer, bool isGraded, decltype(Task::read) read,
              decltype(Task::score) score) {
    return {.id = name,
            .title = name,
            .scorer = scorer,
            .fileStem = name,
            .isGraded = isGraded,
            .maxNewTokens = 8,
            .expectedRows = 200,
            .read = read,
            .prompt = demo::prompt,
            .score = score};
}

std::vector<Task> allTasks() {
    return {
        {.id = "chartqa",
         .title = "ChartQA (test)",
         .scorer = "chartqa",
         .fileStem = "ChartQA_TEST",
         .md5 = "c902e0aa9be5582a7aad6dcf52734b42",
         .maxNewTokens = 16,
         .expectedRows = 2500,
         .read = chartqa::read,
         .prompt = chartqa::prompt,
         .score = chartqa::score},
        {.id = "docvqa_val",
         .title = "DocVQA (val)",
         .scorer = "docvqa_val",
         .fileStem = "DocVQA_VAL",
         .md5 = "d5ee77e1926ff10690d469c56b73eabf",
         .isGraded = kGraded,
         .maxNewTokens = 32,
         .expectedRows = 5349,
         .read = docvqa::read,
         .prompt = docvqa::prompt,
         .score = docvqa::score},
        {.id = "mme_realworld_en",
         .title = "MME-RealWorld (EN)",
         .scorer = "mme_realworld_en",
         .fileStem = "MME-RealWorld",
         .md5 = "fd341132362fc41e707cb37ee6e4dcda",
         .maxNewTokens = 16,
         .expectedRows = 23609,
         .rowTolerance = kMmeTolerance,
         .read = mme_realworld::read,
         .prompt = mme_realworld::englishPrompt,
         .score = mme_realworld::score},
        {.id = "mme_realworld_cn",
         .title = "MME-RealWorld (CN)",
         .scorer = "mme_realworld_cn",
         .fileStem = "MME-RealWorld-CN",
         .md5 = "daaa763d52a760a38606d5dedb3fe444",
         .maxNewTokens = 16,
         .expectedRows = 5917,
         .rowTolerance = kMmeTolerance,
         .read = mme_realworld::read,
         .prompt = mme_realworld::chinesePrompt,
         .score = mme_realworld::score},
        {.id = "ocrbench",
         .title = "OCRBench",
         .scorer = "ocrbench",
         .fileStem = "OCRBench",
         .md5 = "e953d98a987cc6e26ef717b61260b778",
         .maxNewTokens = 128,
         .expectedRows = 1000,
         .read = ocrbench::read,
         .prompt = ocrbench::prompt,
         .score = ocrbench::score},
        {.id = "scienceqa_img",
         .title = "ScienceQA (IMG, test)",
         .scorer = "scienceqa_img",
         .fileStem = "ScienceQA_TEST",
         .md5 = "e42e9e00f9c59a80d8a5db35bc32b71f",
         .maxNewTokens = 16,
         .expectedRows = 2017,
         .read = scienceqa::read,
         .prompt = scienceqa::prompt,
         .score = scienceqa::score},
        {.id = "seedbench_2_plus",
         .title = "SEED-Bench-2-Plus",
         .scorer = "seedbench_2_plus",
         .fileStem = "SEEDBench2_Plus",
         .md5 = "e32d3216dc4f452b0fe497a52015d1fd",
         .maxNewTokens = 16,
         .expectedRows = 2277,
         .stopText = kAssistant,
         .read = seedbench::read,
         .prompt = seedbench::prompt,
         .score = seedbench::score},
        {.id = "textvqa_val",
         .title = "TextVQA (val)",
         .scorer = "textvqa_val",
         .fileStem = "TextVQA_VAL",
         .md5 = "b233b31f551bbf4056f2f955da3a92cd",
         .isGraded = kGraded,
         .maxNewTokens = 128,
         .expectedRows = 5000,
         .stopText = kAssistant,
         .read = textvqa::read,
         .prompt = textvqa::prompt,
         .score = textvqa::score},
        demoTask("DemoChart", "chartqa", kRightOrWrong, chartqa::read, chartqa::score),
        demoTask("DemoDoc", "docvqa_val", kGraded, demo::readAnswers, docvqa::score),
        demoTask("DemoOCR", "ocrbench", kRightOrWrong, demo::readAnswers, ocrbench::score),
        demoTask("DemoText", "textvqa_val", kGraded, demo::readAnswers, textvqa::score),
        demoTask("DemoSci", "scienceqa_img", kRightOrWrong, demo::readChoices, scienceqa::score),
        demoTask("DemoSEED", "seedbench_2_plus", kRightOrWrong, demo::readChoices, seedbench::score),
        demoTask("DemoMME_EN", "mme_realworld_en", kRightOrWrong, demo::readChoices, mme_realworld::score),
        demoTask("DemoMME_CN", "mme_realworld_cn", kRightOrWrong, demo::readChoices, mme_realworld::score),
    };
}

}

const std::vector<Task>& tasks() {
    static const std::vector<Task> all = allTasks();
    return all;
}

const Task* taskNamed(const std::string& id) {
    const auto found =
        std::find_if(tasks().begin(), tasks().end(), [&](const Task& task) { return task.id == id; });
    return found == tasks().end() ? nullptr : &*found;
}

const Task& taskOf(const Benchmark& benchmark) {
    if (const Task* task = benchmark.task())
        return *task;
    std::vector<std::string> names;
    for (const Task& task : tasks())
        names.push_back(task.fileStem + ".tsv");
    throw Error(ErrorKind::BadInput, "E-BENCH-01",
                benchmark.file().string() +
                    " is not a benchmark that is known, neither by its name nor by its columns.",
                "Known are: " + join(names, ", ") + ".");
}

std::string cutAtStopText(const Task& task, const std::string& answer) {
    return task.stopText.empty() ? answer : answer.substr(0, answer.find(task.stopText));
}

std::string rulesetNamed(const std::string& name) {
    for (const char* ruleset : {kRulesCurrent, kRules2025})
        if (name == ruleset || "lmms-eval/" + name == ruleset)
            return ruleset;
    throw Error(ErrorKind::BadOption, "E-BENCH-02", "Scoring rules '" + name + "' are not known.",
                std::string("Use '") + kRulesCurrent + "' or '" + kRules2025 + "'.");
}

}
