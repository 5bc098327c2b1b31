#include "engine/evaluation/benchmark_resume.h"

#include "engine/core/fingerprint.h"
#include "engine/core/text.h"

namespace vlmptq::evaluation {
namespace {

bool isSameQuestion(const EvalItem& a, const EvalItem& b) {
    return a.promptSha256 == b.promptSha256 && a.references == b.references && a.options == b.options;
}

}

EarlierAnswers::EarlierAnswers(std::span<const EvalItem> answers, const std::string& benchmark) {
    for (const EvalItem& answer : answers)
        if (answer.benchmark == benchmark && answer.score)
            m_answers[answer.id] = &answer;
}

std::optional<EvalItem> EarlierAnswers::take(const EvalItem& question,
                                             const std::function<std::string()>& imageSha256) {
    const auto found = m_answers.find(question.id);
    if (found == m_answers.end())
        return std::nullopt;
    ++m_offered;
    if (!holds(*found->second, question, imageSha256))
        return std::nullopt;
    EvalItem answer = *found->second;
    answer.row = question.row; // rows may have moved, and groups may have been renamed
    answer.category = question.category;
    answer.l2Category = question.l2Category;
    return answer;
}

bool EarlierAnswers::holds(const EvalItem& earlier, const EvalItem& question,
                           const std::function<std::string()>& imageSha256) {
    const auto differences =
        compareFingerprints(earlier.settings.empty() ? "{}" : earlier.settings, question.settings);
    if (!differences.empty()) {
        ++m_otherSettings;
        for (const auto& difference : differences)
            m_settings.insert(difference.part);
        return false;
    }
    if (!isSameQuestion(earlier, question)) {
        ++m_otherQuestion;
        return false;
    }
    if (imageSha256() != earlier.imageSha256) {
        ++m_otherPicture;
        return false;
    }
    return true;
}

std::string EarlierAnswers::sentence() const {
    std::vector<std::string> reasons;
    if (m_otherSettings > 0)
        reasons.push_back(std::to_string(m_otherSettings) + " were given with other settings (" +
                          join({m_settings.begin(), m_settings.end()}, ", ") + ")");
    if (m_otherQuestion > 0)
        reasons.push_back(std::to_string(m_otherQuestion) + " to a question that has changed");
    if (m_otherPicture > 0)
        reasons.push_back(std::to_string(m_otherPicture) + " to a picture that has changed");
    if (reasons.empty())
        return {};
    return std::to_string(m_otherSettings + m_otherQuestion + m_otherPicture) + " of " +
           std::to_string(m_offered) +
           " earlier answers do not count and are asked again: " + join(reasons, ", ") + ".";
}

}
