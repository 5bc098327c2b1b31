// run_progress.h - how far a job is and how long it will take, from its events (interface.md 5). Modules
// count by rows x columns^2, so the bar does not stall on large ones; the time left is the median time per
// unit of work of the last modules of the same shape, and never jumps. Pure: the clock is an argument
// (seconds from any start).
#pragma once
#include "engine/core/events.h"

#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace vlmptq::ui {

enum class StageState { Waiting, Active, Done };

// Seconds each stage took in earlier runs on this machine, for the weights of the bar.
using StageSeconds = std::map<Stage, double>;

class RunProgress {
public:
    RunProgress() = default;
    RunProgress(std::vector<Stage> stages, const StageSeconds& earlier, double now);

    void apply(const Event&, double now);

    const std::vector<Stage>& stages() const { return m_stages; }
    StageState state(Stage) const;
    std::optional<double> stageShare(Stage) const; // 0..1; absent until the first number
    double share() const;                          // of everything; never falls
    double elapsed(double now) const { return now - m_begin; }

    struct TimeLeft {
        double seconds = 0, spread = 0;
    };
    std::optional<TimeLeft> timeLeft(double now); // absent until there is something to go by
    std::optional<double> secondsPerModule() const;

    int modules() const { return int(m_shapes.size()); }
    int modulesDone() const { return m_modulesDone; }
    const std::string& module() const { return m_module; }
    const std::string& detail() const { return m_detail; }
    // Calibration lines seen so far and in all; 0 of 0 before the first number.
    int samplesDone() const { return m_samplesDone; }
    int samples() const { return m_samples; }
    int candidate() const { return m_candidate; }
    int candidates() const { return m_candidates; }
    StageSeconds measured(double now) const; // to be remembered when the job has finished

private:
    using Shape = std::pair<std::int64_t, std::int64_t>;
    static double work(const ModuleShape& shape) {
        return double(shape.rows) * double(shape.columns) * double(shape.columns);
    }

    void enter(Stage, double now);
    void finishModule(const ModuleResult&, double now);
    double quantizeShare() const;
    std::optional<TimeLeft> estimate(double now) const;
    std::optional<TimeLeft> estimateModules() const;

    std::vector<Stage> m_stages;
    std::map<Stage, double> m_weights, m_shares, m_entered, m_spent;
    std::optional<Stage> m_stage;
    double m_begin = 0, m_best = 0;

    std::vector<ModuleShape> m_shapes;
    int m_modulesDone = 0;
    double m_totalWork = 0, m_doneWork = 0, m_moduleBegin = 0;
    std::map<Shape, std::deque<double>> m_rates; // seconds per unit of work
    std::deque<double> m_seconds;                // per module
    std::string m_module, m_detail;
    int m_samplesDone = 0, m_samples = 0;
    int m_candidate = 0, m_candidates = 0;

    std::optional<double> m_shownLeft; // what was shown last, and when
    double m_shownAt = 0;
};

}
