// scorers.h - how each benchmark reads a row, asks and scores (benchmarks.md 5). One source file each; the
// table that makes tasks of them is benchmark_tasks.cpp. All functions are pure. Without references a score
// is 0.
#pragma once
#include "engine/evaluation/benchmark.h"
#include "engine/evaluation/benchmark_row.h"

#include <string>

namespace vlmptq::evaluation {

inline constexpr const char* kRules2025 =
    "lmms-eval/2025"; // differs from the current rules for OCRBench only
inline constexpr const char* kRulesCurrent = "lmms-eval/current";

namespace chartqa { // 5.1
void read(const Row&, BenchmarkItem&, Problems&);
std::string prompt(const BenchmarkItem&);
ScoredAnswer score(const BenchmarkItem&, const std::string& prediction, const std::string& ruleset);
}

namespace docvqa { // 5.2
void read(const Row&, BenchmarkItem&, Problems&);
std::string prompt(const BenchmarkItem&);
ScoredAnswer score(const BenchmarkItem&, const std::string& prediction, const std::string& ruleset);
}

namespace textvqa { // 5.3
void read(const Row&, BenchmarkItem&, Problems&);
std::string prompt(const BenchmarkItem&);
ScoredAnswer score(const BenchmarkItem&, const std::string& prediction, const std::string& ruleset);
std::string processedAnswer(const std::string&);
}

namespace mme_realworld { // 5.4
void read(const Row&, BenchmarkItem&, Problems&);
std::string englishPrompt(const BenchmarkItem&);
std::string chinesePrompt(const BenchmarkItem&);
ScoredAnswer score(const BenchmarkItem&, const std::string& prediction, const std::string& ruleset);
}

namespace ocrbench { // 5.5
void read(const Row&, BenchmarkItem&, Problems&);
std::string prompt(const BenchmarkItem&);
ScoredAnswer score(const BenchmarkItem&, const std::string& prediction, const std::string& ruleset);
bool isQuestionType(const std::string& category); // one of the ten
}

namespace scienceqa { // 5.6
void read(const Row&, BenchmarkItem&, Problems&);
std::string prompt(const BenchmarkItem&);
ScoredAnswer score(const BenchmarkItem&, const std::string& prediction, const std::string& ruleset);
}

namespace seedbench { // 5.7
void read(const Row&, BenchmarkItem&, Problems&);
std::string prompt(const BenchmarkItem&);
ScoredAnswer score(const BenchmarkItem&, const std::string& prediction, const std::string& ruleset);
}

namespace demo { // the demo's own questions (demo/README.md), scored by the scorers above
void readAnswers(const Row&, BenchmarkItem&, Problems&);
void readChoices(const Row&, BenchmarkItem&, Problems&);
std::string prompt(const BenchmarkItem&);
}

// "ok", or "empty" where nothing but blanks was answered.
std::string answerStatus(const std::string& prediction);
// question, category and the like, as stored.
void readQuestion(const Row&, BenchmarkItem&);

}
