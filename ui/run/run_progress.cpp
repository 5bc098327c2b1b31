#include "ui/run/run_progress.h"

#include "engine/core/stats.h"

#include <algorithm>
#include <cmath>

namespace vlmptq::ui {
namespace {

constexpr int kModulesBeforeEstimate = 3;
constexpr std::size_t kRemembered = 20;
constexpr double kLargestJumpPerSecond = 0.2;
constexpr double kShareBeforeEstimate = 0.05; // of a stage without modules

double usualSeconds(Stage stage) {
    switch (stage) {
    case Stage::Load:
        return 2;
    case Stage::Calibrate:
        return 6;
    case Stage::Quantize:
        return 60;
    case Stage::Save:
        return 1;
    case Stage::Evaluate:
        return 40;
    case Stage::Export:
        return 10;
    }
    return 1;
}

struct Rate {
    double median = 0, spread = 0;
};

Rate rateOf(const std::deque<double>& values) {
    const std::vector<double> all(values.begin(), values.end());
    return {stats::quantile(all, 0.5), (stats::quantile(all, 0.75) - stats::quantile(all, 0.25)) / 2};
}

void remember(std::deque<double>& values, double value) {
    values.push_back(value);
    if (values.size() > kRemembered)
        values.pop_front();
}

}

RunProgress::RunProgress(std::vector<Stage> stages, const StageSeconds& earlier, double now)
    : m_stages(std::move(stages)), m_begin(now), m_moduleBegin(now), m_shownAt(now) {
    double total = 0;
    for (const Stage stage : m_stages) {
        const auto known = earlier.find(stage);
        total += m_weights[stage] =
            std::max(0.1, known != earlier.end() ? known->second : usualSeconds(stage));
    }
    for (auto& [stage, weight] : m_weights)
        weight /= total;
}

void RunProgress::apply(const Event& event, double now) {
    if (const auto* started = std::get_if<event::Started>(&event)) {
        m_shapes = started->modules;
        for (const ModuleShape& shape : m_shapes) {
            m_totalWork += work(shape);
            if (shape.layer >= started->firstLayer)
                continue; // done before this start
            m_doneWork += work(shape);
            ++m_modulesDone;
        }
        m_moduleBegin = now;
    } else if (const auto* changed = std::get_if<event::StageChanged>(&event)) {
        enter(changed->stage, now);
    } else if (const auto* progress = std::get_if<event::Progress>(&event)) {
        if (m_stage != progress->stage)
            enter(progress->stage, now);
        if (progress->total > 0)
            m_shares[progress->stage] = std::clamp(progress->done / progress->total, 0.0, 1.0);
        m_detail = progress->detail;
        if (progress->stage == Stage::Calibrate) {
            m_samplesDone = int(std::lround(progress->done));
            m_samples = int(std::lround(progress->total));
        }
    } else if (const auto* module = std::get_if<event::ModuleStarted>(&event)) {
        m_module = module->name;
        m_candidate = m_candidates = 0;
    } else if (const auto* tried = std::get_if<event::MuTried>(&event)) {
        m_candidate = tried->candidate + 1;
        m_candidates = tried->candidates;
    } else if (const auto* finished = std::get_if<event::ModuleFinished>(&event)) {
        finishModule(finished->result, now);
    } else if (const auto* item = std::get_if<event::ItemFinished>(&event)) {
        if (item->total > 0)
            m_shares[Stage::Evaluate] = double(item->done) / double(item->total);
    }
    m_best = share();
}

void RunProgress::enter(Stage stage, double now) {
    const auto at = [this](Stage which) { return std::ranges::find(m_stages, which) - m_stages.begin(); };
    if (m_stage && at(stage) <= at(*m_stage))
        return; // an evaluation loads again; the bar does not go back
    if (m_stage)
        m_spent[*m_stage] += now - m_entered[*m_stage];
    m_stage = stage;
    m_entered[stage] = now;
    m_moduleBegin = now;
}

void RunProgress::finishModule(const ModuleResult& result, double now) {
    const double amount = double(result.rows) * double(result.columns) * double(result.columns);
    ++m_modulesDone;
    m_doneWork += amount;
    remember(m_seconds, now - m_moduleBegin);
    if (amount > 0)
        remember(m_rates[{result.rows, result.columns}], (now - m_moduleBegin) / amount);
    m_moduleBegin = now;
}

StageState RunProgress::state(Stage stage) const {
    if (!m_stage)
        return StageState::Waiting;
    const auto at = [this](Stage which) { return std::ranges::find(m_stages, which) - m_stages.begin(); };
    if (stage == *m_stage)
        return stageShare(stage).value_or(0) >= 1 ? StageState::Done : StageState::Active;
    return at(stage) < at(*m_stage) ? StageState::Done : StageState::Waiting;
}

double RunProgress::quantizeShare() const {
    // The engine's own count is finer (blocks within a module), the modules' is what was really finished.
    const double modules = m_totalWork > 0 ? m_doneWork / m_totalWork : 0;
    const auto own = m_shares.find(Stage::Quantize);
    return std::clamp(std::max(modules, own != m_shares.end() ? own->second : 0.0), 0.0, 1.0);
}

std::optional<double> RunProgress::stageShare(Stage stage) const {
    if (stage == Stage::Quantize && m_totalWork > 0)
        return quantizeShare();
    const auto found = m_shares.find(stage);
    if (found == m_shares.end())
        return std::nullopt;
    return found->second;
}

double RunProgress::share() const {
    double sum = 0;
    for (const Stage stage : m_stages)
        sum += m_weights.at(stage) * (state(stage) == StageState::Done ? 1 : stageShare(stage).value_or(0));
    return std::max(m_best, std::clamp(sum, 0.0, 1.0));
}

std::optional<RunProgress::TimeLeft> RunProgress::estimateModules() const {
    if (std::ssize(m_seconds) < kModulesBeforeEstimate)
        return std::nullopt;
    std::deque<double> all;
    for (const auto& [shape, rates] : m_rates)
        all.insert(all.end(), rates.begin(), rates.end());
    if (all.empty())
        return std::nullopt;
    const Rate overall = rateOf(all);
    TimeLeft left;
    for (std::size_t i = std::size_t(m_modulesDone); i < m_shapes.size(); ++i) {
        const auto same = m_rates.find({m_shapes[i].rows, m_shapes[i].columns});
        const Rate rate = same != m_rates.end() ? rateOf(same->second) : overall;
        left.seconds += rate.median * work(m_shapes[i]);
        left.spread += rate.spread * work(m_shapes[i]);
    }
    return left;
}

std::optional<RunProgress::TimeLeft> RunProgress::estimate(double now) const {
    if (!m_stage)
        return std::nullopt;
    if (*m_stage == Stage::Quantize)
        return estimateModules();
    const double done = stageShare(*m_stage).value_or(0);
    // Loading and calibrating say nothing about the long stage that follows.
    if (*m_stage == Stage::Load || *m_stage == Stage::Calibrate || done < kShareBeforeEstimate)
        return std::nullopt;
    return TimeLeft{(now - m_entered.at(*m_stage)) * (1 - done) / done, 0};
}

std::optional<RunProgress::TimeLeft> RunProgress::timeLeft(double now) {
    auto left = estimate(now);
    if (!left) {
        m_shownLeft.reset();
        return std::nullopt;
    }
    if (m_shownLeft) {
        const double passed = std::max(0.0, now - m_shownAt);
        const double expected = std::max(0.0, *m_shownLeft - passed),
                     room = *m_shownLeft * kLargestJumpPerSecond * passed;
        left->seconds = std::clamp(left->seconds, std::max(0.0, expected - room), expected + room);
    }
    m_shownLeft = left->seconds;
    m_shownAt = now;
    return left;
}

std::optional<double> RunProgress::secondsPerModule() const {
    if (m_seconds.empty())
        return std::nullopt;
    return rateOf(m_seconds).median;
}

StageSeconds RunProgress::measured(double now) const {
    StageSeconds seconds = m_spent;
    if (m_stage)
        seconds[*m_stage] += now - m_entered.at(*m_stage);
    return seconds;
}

}
