#include "ui/setup/setup_reader.h"

#include "engine/evaluation/benchmark.h"
#include "engine/image/image.h"
#include "ui/qt_text.h"
#include "ui/setup/resource_card.h"
#include "ui/store_reader.h"
#include "ui/task_queue.h"

#include <algorithm>

namespace vlmptq::ui {
namespace {

constexpr int kLinesPerBite = 4;

}

// One pass over the chosen lines; a newer pass takes its place in the task queue.
struct SetupReader::Counting {
    std::filesystem::path model;
    std::vector<calibration::CalibrationLine> lines;
    int maxTokens = 0;
    std::shared_ptr<const families::Processor> processor;
    TokenCounts counts;
};

SetupReader::SetupReader(const Context& context, QObject* parent) : QObject(parent), m_context(context) {
    connect(context.reader, &StoreReader::opened, this,
            &SetupReader::readMachine); // its disk is the one that fills
}

void SetupReader::setEngine(const std::optional<api::EngineInfo>& engine) {
    m_facts.engine = engine;
    Q_EMIT changed();
}

void SetupReader::update(const SetupState& state, bool force) {
    const CalibConfig& calib = state.config.calib;
    const bool isNewModel = force || state.config.model != m_model;
    const bool isNewData = force || calib.source != m_calib.source;
    const bool isNewChoice =
        calib.samples != m_calib.samples || calib.order != m_calib.order || calib.seed != m_calib.seed;
    const bool isNewCut = calib.maxTokens != m_calib.maxTokens;
    const bool areNewBenchmarks = force || state.benchmarks != m_benchmarks;
    m_model = state.config.model;
    m_calib = calib;
    m_benchmarks = state.benchmarks;
    if (isNewModel) {
        readModel();
        readMachine();
    }
    if (isNewData)
        readData();
    else if (isNewChoice)
        chooseLines();
    else if (isNewCut)
        startCounting();
    if (areNewBenchmarks)
        readBenchmarks();
}

void SetupReader::readModel() {
    m_facts.model.reset();
    m_facts.modelProblem.reset();
    m_facts.isReadingModel = !m_model.empty();
    m_context.tasks->cancel(this, QStringLiteral("model"));
    if (m_model.empty())
        return;
    m_context.tasks->post(
        this, QStringLiteral("model"),
        [folder = m_model](std::stop_token) {
            return families::summarize(*checkpoint::Checkpoint::open(folder));
        },
        [this](families::ModelSummary summary) {
            m_facts.isReadingModel = false;
            m_facts.model = std::move(summary);
            startCounting();
            Q_EMIT changed();
        },
        [this](const Problem& problem) {
            m_facts.isReadingModel = false;
            m_facts.modelProblem = problem;
            Q_EMIT changed();
        });
}

void SetupReader::readData() {
    m_facts.lines.reset();
    m_facts.dataProblem.reset();
    m_facts.isReadingData = !m_calib.source.empty();
    m_context.tasks->cancel(this, QStringLiteral("lines"));
    chooseLines();
    if (m_calib.source.empty())
        return;
    m_context.tasks->post(
        this, QStringLiteral("lines"),
        [source = m_calib.source](std::stop_token) { return calibration::readLines(source); },
        [this](std::vector<calibration::CalibrationLine> lines) {
            m_facts.isReadingData = false;
            m_facts.lines = std::move(lines);
            chooseLines();
            Q_EMIT changed();
        },
        [this](const Problem& problem) {
            m_facts.isReadingData = false;
            m_facts.dataProblem = problem;
            Q_EMIT changed();
        });
}

void SetupReader::chooseLines() {
    m_chosen.clear();
    m_facts.tokens.reset();
    m_context.tasks->cancel(this, QStringLiteral("tokens"));
    m_context.tasks->cancel(this, QStringLiteral("choose"));
    Q_EMIT linesChanged();
    if (!m_facts.lines || m_facts.lines->empty())
        return;
    CalibConfig shown = m_calib; // too many samples, or none with a picture, is for the checks to say
    shown.samples = std::min(shown.samples, int(m_facts.lines->size()));
    shown.heldout = 0;
    shown.allowTextOnly = true;
    m_context.tasks->post(
        this, QStringLiteral("choose"),
        [shown](std::stop_token) { return calibration::loadCalibration(shown).calibration; },
        [this](std::vector<calibration::CalibrationLine> lines) {
            m_chosen = std::move(lines);
            Q_EMIT linesChanged();
            startCounting();
        },
        [this](const Problem& problem) {
            m_facts.dataProblem = problem;
            Q_EMIT changed();
        });
}

void SetupReader::startCounting() {
    m_facts.tokens.reset();
    m_context.tasks->cancel(this, QStringLiteral("tokens"));
    if (!m_facts.model || m_chosen.empty())
        return;
    auto counting = std::make_shared<Counting>();
    counting->model = m_model;
    counting->lines = m_chosen;
    counting->maxTokens = m_calib.maxTokens;
    counting->counts.total = int(m_chosen.size());
    for (const auto& line : m_chosen)
        counting->counts.withImages += line.images.empty() ? 0 : 1;
    countMore(std::move(counting));
}

void SetupReader::countMore(std::shared_ptr<Counting> counting) {
    m_context.tasks->post(
        this, QStringLiteral("tokens"),
        [counting](std::stop_token stop) {
            if (!counting->processor)
                counting->processor = families::openProcessor(checkpoint::Checkpoint::open(counting->model));
            TokenCounts& counts = counting->counts;
            for (int i = 0; i < kLinesPerBite && counts.lines < counts.total && !stop.stop_requested(); ++i) {
                const auto sample = calibration::buildSample(
                    *counting->processor, counting->lines[std::size_t(counts.lines)], counting->maxTokens);
                counts.vision += sample.visionTokens;
                counts.text += sample.textTokens;
                counts.cut += sample.wasCut ? 1 : 0;
                ++counts.lines;
            }
            return counts;
        },
        [this, counting](const TokenCounts& counts) {
            m_facts.tokens = counts;
            if (counts.lines < counts.total)
                countMore(counting);
            Q_EMIT changed();
        },
        [this](const Problem& problem) {
            m_facts.dataProblem = problem;
            Q_EMIT changed();
        });
}

void SetupReader::readBenchmarks() {
    m_facts.benchmarkFiles.reset();
    m_facts.benchmarkProblem.reset();
    m_context.tasks->cancel(this, QStringLiteral("benchmarks"));
    if (m_benchmarks.empty())
        return;
    m_context.tasks->post(
        this, QStringLiteral("benchmarks"),
        [paths = std::vector<std::filesystem::path>(m_benchmarks.begin(), m_benchmarks.end())](
            std::stop_token) { return int(evaluation::findBenchmarks(paths).size()); },
        [this](int files) {
            m_facts.benchmarkFiles = files;
            Q_EMIT changed();
        },
        [this](const Problem& problem) {
            m_facts.benchmarkProblem = problem;
            Q_EMIT changed();
        });
}

void SetupReader::readMachine() {
    m_context.tasks->post(
        this, QStringLiteral("machine"),
        [database = m_context.reader->path()](std::stop_token) { return readResources(database); },
        [this](const MachineResources& resources) {
            m_facts.freeDiskBytes = resources.freeDiskBytes;
            m_facts.freeMemoryBytes = resources.freeMemoryBytes;
            m_facts.totalMemoryBytes = resources.totalMemoryBytes;
            Q_EMIT changed();
        });
}

}
