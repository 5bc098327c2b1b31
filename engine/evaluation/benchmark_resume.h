// benchmark_resume.h - which answers of an earlier, stopped evaluation still hold: the question, its pictures
// and all that shapes an answer are what they were. Everything else is asked again, and one sentence says
// why. Pure; one thread.
#pragma once
#include "engine/core/records.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>

namespace vlmptq::evaluation {

class EarlierAnswers {
public:
    // Those of `benchmark` that have a score.
    EarlierAnswers(std::span<const EvalItem>, const std::string& benchmark);

    // The earlier answer to `question` (its fields as it would be asked now), if it still holds.
    // `imageSha256` is called only where everything else agrees.
    std::optional<EvalItem> take(const EvalItem& question, const std::function<std::string()>& imageSha256);
    // "12 of 50 earlier answers do not count and are asked again: …", or empty.
    std::string sentence() const;

private:
    bool holds(const EvalItem& earlier, const EvalItem& question,
               const std::function<std::string()>& imageSha256);

    std::map<std::string, const EvalItem*> m_answers; // by id
    std::int64_t m_offered = 0, m_otherQuestion = 0, m_otherPicture = 0, m_otherSettings = 0;
    std::set<std::string> m_settings; // those that differ
};

}
