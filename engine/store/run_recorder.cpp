#include "engine/store/run_recorder.h"

#include <set>
#include <tuple>

namespace vlmptq::store {
namespace {

using Clock = std::chrono::steady_clock;

// Says at most once per interval that it is time.
class Pace {
public:
    explicit Pace(std::chrono::milliseconds interval) : m_interval(interval) {}
    bool isDue() {
        const auto now = Clock::now();
        if (m_last && now - *m_last < m_interval)
            return false;
        m_last = now;
        return true;
    }

private:
    std::chrono::milliseconds m_interval;
    std::optional<Clock::time_point> m_last;
};

// Over all sessions of a run; a session that was interrupted and its successor may say the same.
int distinctWarnings(const std::vector<LogEntry>& log) {
    std::set<std::tuple<std::string, std::string, std::string>> warnings;
    for (const auto& entry : log)
        if (entry.severity == "warning")
            warnings.emplace(entry.code, entry.where, entry.text);
    return static_cast<int>(warnings.size());
}

}

struct RunRecorder::Data {
    Data(const std::filesystem::path& database, RunId id, std::function<void(Control)> callback,
         std::chrono::milliseconds memoryInterval)
        : store(RunStore::open(database)), run(id), onControl(std::move(callback)), memory(memoryInterval) {}

    void record(const event::Started& e) {
        store->markStarted(run, e.layers, static_cast<int>(e.modules.size()), e.fingerprint,
                           e.fingerprintParts);
    }
    void record(const event::LayerFinished& e) { store->saveLayer(run, e.result); }
    void record(const event::RunFinished& e) {
        auto summary = e.summary;
        summary.warnings = distinctWarnings(store->log(run));
        store->saveSummary(run, summary);
    }
    void record(const event::Warning& e) { store->addLog(run, "warning", e.code, e.where, e.text); }
    void record(const event::Log& e) { store->addLog(run, "note", "", "", e.text); }
    void record(const event::Memory& e) {
        if (memory.isDue())
            store->addResourceSample(
                run, {.at = {}, .residentBytes = e.residentBytes, .deviceBytes = e.deviceBytes});
    }
    template <class Other>
    void record(const Other&) {} // progress: for the eye only

    void lookForRequests() {
        const auto request = store->takeControl(run);
        if (request != Control::None)
            call(request);
    }

    void call(Control request) {
        if (onControl)
            onControl(request);
    }

    std::unique_ptr<RunStore> store;
    RunId run;
    std::function<void(Control)> onControl;
    Pace memory;
    std::optional<Error> problem;
    bool hasLostResults = false;
};

RunRecorder::RunRecorder(const std::filesystem::path& database, RunId run,
                         std::function<void(Control)> onControl, std::chrono::milliseconds memoryInterval)
    : m_data(std::make_unique<Data>(database, run, std::move(onControl), memoryInterval)) {}

RunRecorder::~RunRecorder() = default;

void RunRecorder::onEvent(const Event& event) {
    const bool isLayerEnd = std::holds_alternative<event::LayerFinished>(event);
    // Without these rows the run could not be resumed, compared or shown.
    const bool isResult = isLayerEnd || std::holds_alternative<event::RunFinished>(event) ||
                          std::holds_alternative<event::Started>(event);
    bool isRecorded = false;
    try {
        std::visit([this](const auto& e) { m_data->record(e); }, event);
        isRecorded = true;
        if (isLayerEnd)
            m_data->lookForRequests();
    } catch (const Error& error) {
        if (!m_data->problem)
            m_data->problem = error;
        if (isResult && !isRecorded) {
            m_data->problem = error; // this is the one to report
            m_data->hasLostResults = true;
            m_data->call(Control::StopNow);
        }
    }
}

const std::optional<Error>& RunRecorder::problem() const { return m_data->problem; }
bool RunRecorder::hasLostResults() const { return m_data->hasLostResults; }

struct EvalRecorder::Data {
    std::unique_ptr<RunStore> store;
    EvalTarget target;
    std::function<void()> onLostResults;
    std::optional<Error> problem;
};

EvalRecorder::EvalRecorder(const std::filesystem::path& database, EvalTarget target,
                           std::function<void()> onLostResults)
    : m_data(std::make_unique<Data>(
          Data{RunStore::open(database), std::move(target), std::move(onLostResults), {}})) {}

EvalRecorder::~EvalRecorder() = default;

void EvalRecorder::onEvent(const Event& event) {
    const auto& target = m_data->target;
    try {
        if (const auto* finished = std::get_if<event::ItemFinished>(&event))
            m_data->store->addItem(target.run, target.model, finished->item);
        else if (const auto* warning = std::get_if<event::Warning>(&event); warning && target.run)
            m_data->store->addLog(*target.run, "warning", warning->code, warning->where, warning->text);
    } catch (const Error& error) {
        if (m_data->problem)
            return;
        m_data->problem = error;
        if (m_data->onLostResults)
            m_data->onLostResults();
    }
}

void EvalRecorder::finish(const std::vector<BenchmarkScore>& scores) {
    std::vector<ScoreRecord> records;
    for (const auto& score : scores) {
        const auto& [run, model, fingerprint, selection] = m_data->target;
        records.push_back({.id = 0,
                           .run = run,
                           .model = model,
                           .modelFingerprint = fingerprint,
                           .at = {},
                           .selection = selection,
                           .score = score});
    }
    m_data->store->addScores(records);
}

const std::optional<Error>& EvalRecorder::problem() const { return m_data->problem; }

}
