// The rules of Set up that need the model, the data or the machine; those of the settings alone are core's.
#include "engine/core/module_rules.h"
#include "engine/core/text.h"
#include "engine/jobs/run_plan.h"
#include "ui/qt_text.h"
#include "ui/setup/setup_state.h"

#include <QCoreApplication>

#include <algorithm>
#include <set>

namespace vlmptq::ui {
namespace {

constexpr double kMemoryFactor = 1.5; // activations and one layer in float32 beside what the system caches

class Checks {
    Q_DECLARE_TR_FUNCTIONS(SetupChecks)
public:
    Checks(const SetupState& state, const SetupFacts& facts) : m_state(state), m_facts(facts) {}
    std::vector<Check> run() {
        model();
        data();
        settings();
        evaluation();
        machine();
        return std::move(m_checks);
    }

private:
    void add(Severity severity, const char* field, const QString& sentence, const QString& fixText = {},
             std::function<void(SetupState&)> fix = {}) {
        m_checks.push_back({severity, QLatin1String(field), sentence, fixText, std::move(fix)});
    }
    bool usesData() const {
        return std::ranges::any_of(m_state.runs(), [](const RunConfig& run) {
            return methodNamed(run.quant.method).recipe.usesCalibration;
        });
    }

    void settings();
    void model();
    void groups();
    void data();
    void tokens();
    void evaluation();
    void machine();

    const SetupState& m_state;
    const SetupFacts& m_facts;
    std::vector<Check> m_checks;
};

void Checks::settings() {
    std::set<std::string> said; // several methods break the same rule once
    for (const RunConfig& run : m_state.runs())
        for (const ConfigIssue& issue : validate(run)) {
            if (!said.insert(issue.field + issue.message).second)
                continue;
            const QString field = text(issue.field);
            Check check{
                issue.isError ? Severity::Error : Severity::Warning, field, text(issue.message), {}, {}};
            if (issue.field == "quant.muSamples") {
                check.fixText = tr("Use all");
                check.fix = [](SetupState& state) { state.config.quant.muSamples = 0; };
            } else if (issue.field == "quant.staticGroups") {
                check.fixText = tr("Turn off");
                check.fix = [](SetupState& state) { state.config.quant.staticGroups = false; };
            }
            m_checks.push_back(std::move(check));
        }
}

void Checks::model() {
    if (m_state.config.model.empty())
        return; // said by the settings
    if (m_facts.modelProblem)
        return add(Severity::Error, "model", m_facts.modelProblem->message());
    if (!m_facts.model)
        return add(Severity::Error, "model", tr("The model is still being read."));
    const families::ModelSummary& model = *m_facts.model;
    add(Severity::Note, "model", tr("Model complete, every tensor present (shards: %1).").arg(model.shards));
    groups();
    const auto& skip = m_state.config.quant.skip;
    for (const std::string& glob : skip)
        if (std::ranges::none_of(model.linears,
                                 [&](const auto& linear) { return globMatches(glob, linear.name); }))
            add(Severity::Error, "quant.skip",
                tr("“%1” matches no linear of the language model.").arg(text(glob)), tr("Remove"),
                [glob](SetupState& state) { std::erase(state.config.quant.skip, glob); });
    if (!model.linears.empty() && leftOut(model, m_state.config.quant) == int(model.linears.size()))
        add(Severity::Error, "quant.skip", tr("Every linear is left out: there is nothing to quantize."));
    if (model.maxPositions > 0 && m_state.config.calib.maxTokens > model.maxPositions)
        add(Severity::Error, "calib.maxTokens",
            tr("Max tokens %1 is more than the model's context of %2.")
                .arg(countText(m_state.config.calib.maxTokens), countText(model.maxPositions)),
            tr("Use %1").arg(countText(model.maxPositions)),
            [most = int(model.maxPositions)](SetupState& state) { state.config.calib.maxTokens = most; });
}

void Checks::groups() {
    const QuantConfig& quant = m_state.config.quant;
    try {
        for (const auto& linear : m_facts.model->linears)
            if (!isLeftOut(quant, linear.name))
                requireGroupDivides(quant.groupSize, linear.name, linear.columns);
    } catch (const Error& error) {
        add(Severity::Error, "quant.groupSize", Problem::from(error).message(), tr("Per channel"),
            [](SetupState& state) { state.config.quant.groupSize = -1; });
    }
}

void Checks::data() {
    if (m_state.config.calib.source.empty())
        return;
    if (m_facts.dataProblem)
        return add(Severity::Error, "calib.source", m_facts.dataProblem->message());
    if (!m_facts.lines) {
        if (m_facts.isReadingData)
            add(Severity::Error, "calib.source", tr("The calibration data is still being read."));
        return;
    }
    const auto& calib = m_state.config.calib;
    const int available = int(m_facts.lines->size());
    if (calib.samples + calib.heldout > available) {
        const int samples = std::max(1, available - calib.heldout);
        add(Severity::Error, "calib.samples",
            tr("%1 calibration and %2 held-out samples are more than the file has (lines: %3).")
                .arg(calib.samples)
                .arg(calib.heldout)
                .arg(available),
            tr("Use %1").arg(samples), [samples](SetupState& state) {
                state.config.calib.samples = samples;
                state.config.quant.muSamples = std::min(state.config.quant.muSamples, samples);
            });
    } else {
        add(Severity::Note, "calib.source",
            tr("Calibration data read (lines: %1).").arg(countText(available)));
    }
    tokens();
}

void Checks::tokens() {
    if (!m_facts.tokens)
        return;
    const TokenCounts& counts = *m_facts.tokens;
    const bool isComplete = counts.lines == counts.total;
    if (counts.withImages == 0 && isComplete && counts.total > 0) {
        const bool isAllowed = m_state.config.calib.allowTextOnly;
        add(isAllowed ? Severity::Warning : Severity::Error, "calib.source",
            tr("No calibration line has an image: vision would be ignored while quantizing."),
            isAllowed ? QString() : tr("Use text only"),
            [](SetupState& state) { state.config.calib.allowTextOnly = true; });
    } else if (isComplete && counts.withImages < counts.total) {
        add(Severity::Warning, "calib.source",
            tr("Calibration lines without an image: %1.").arg(counts.total - counts.withImages));
    }
    if (counts.cut > 0)
        add(Severity::Warning, "calib.maxTokens",
            tr("Lines longer than max tokens, which will be cut after the image: %1.").arg(counts.cut));
}

void Checks::evaluation() {
    if (!m_state.evaluateAfter || m_state.benchmarks.empty())
        return;
    if (m_facts.benchmarkProblem)
        add(Severity::Error, "benchmarks", m_facts.benchmarkProblem->message());
    else if (m_facts.benchmarkFiles == 0)
        add(Severity::Error, "benchmarks", tr("There is no benchmark file (*.tsv) in this folder."),
            tr("Do not evaluate"), [](SetupState& state) { state.evaluateAfter = false; });
}

void Checks::machine() {
    if (m_facts.engine)
        for (const std::string& problem : m_facts.engine->problems)
            add(Severity::Warning, "device.device", text(problem));
    if (!m_facts.model)
        return;
    const std::uint64_t needed =
        estimatedRunBytes(*m_facts.model, m_state.config.quant) * m_state.runs().size();
    if (m_facts.freeDiskBytes > 0 && needed > m_facts.freeDiskBytes)
        add(Severity::Error, "model",
            tr("The runs need %1 on the disk of the run database, and %2 are free.")
                .arg(bytesText(needed), bytesText(m_facts.freeDiskBytes)));
    std::int64_t largest = 0;
    for (const auto& linear : m_facts.model->linears)
        largest = std::max(largest, linear.columns);
    // Grams of the widest layer (H, D and a factor) in double precision.
    const auto grams = std::uint64_t(3.0 * double(largest) * double(largest) * 8 * kMemoryFactor);
    if (usesData() && m_facts.freeMemoryBytes > 0 && grams > m_facts.freeMemoryBytes)
        add(Severity::Warning, "device.device",
            tr("The largest layer needs about %1 of memory, and %2 are free.")
                .arg(bytesText(grams), bytesText(m_facts.freeMemoryBytes)));
}

}

std::vector<Check> checkSetup(const SetupState& state, const SetupFacts& facts) {
    auto checks = Checks(state, facts).run();
    std::ranges::stable_sort(checks, std::greater{}, &Check::severity);
    return checks;
}

bool hasError(const std::vector<Check>& checks) {
    return std::ranges::any_of(checks, [](const Check& check) { return check.severity == Severity::Error; });
}

}
