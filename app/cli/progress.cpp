#include "app/cli/progress.h"

#include "app/cli/overloaded.h"
#include "engine/core/table.h"
#include "engine/core/text.h"

#include <algorithm>

namespace vlmptq::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kRepaintPeriod = 100ms; // at most ten a second (interface.md 11)
constexpr auto kPlainPeriod = 30s;
constexpr int kModulesBeforeEstimate = 3;

// "layers.16.mlp.down_proj": what tells modules apart.
std::string shortName(const std::string& module) {
    const auto at = module.find("layers.");
    return at == std::string::npos ? module : module.substr(at);
}

std::string intervalText(double mean, double low, double high, int decimals) {
    return fixed(mean, decimals) + " [" + fixed(low, decimals) + ", " + fixed(high, decimals) + "]";
}

}

Progress::Progress(Console& console, std::string title)
    : m_console(console), m_title(std::move(title)), m_stageStart(Clock::now()), m_lastPlain(m_stageStart) {}

Progress::~Progress() { m_console.clearStatus(); }

void Progress::onEvent(const Event& event) {
    std::visit(Overloaded{
                   [&](const event::Started& e) {
                       m_layers = e.layers;
                       m_modules = static_cast<int>(e.modules.size());
                       if (e.firstLayer > 0)
                           say("continuing after layer " + std::to_string(e.firstLayer) + " of " +
                               std::to_string(e.layers));
                   },
                   [&](const event::StageChanged& e) { enter(e.stage); },
                   [&](const event::Progress& e) { update(e); },
                   [&](const event::ModuleStarted& e) {
                       m_moduleIndex = e.index;
                       m_module = e.name;
                       m_muCandidates = 0;
                       repaint();
                   },
                   [&](const event::MuTried& e) {
                       m_muCandidate = e.candidate;
                       m_muCandidates = e.candidates;
                       repaint();
                   },
                   [&](const event::ModuleFinished& e) {
                       m_error = e.result.heldoutError.all ? e.result.heldoutError.all
                                                           : e.result.calibrationError.all;
                       m_console.detail(e.result.name + "  error " + significant(m_error.value_or(0), 2));
                   },
                   [&](const event::LayerFinished& e) { finishLayer(e.result); },
                   [&](const event::BenchmarkFinished& e) { finishBenchmark(e.score); },
                   [&](const event::ItemFinished& e) {
                       m_detail = e.item.benchmark;
                       m_done = static_cast<double>(e.done);
                       m_total = static_cast<double>(e.total);
                       repaint();
                   },
                   [&](const event::Warning& e) {
                       m_console.warn((e.where.empty() ? "" : e.where + ": ") + e.text);
                   },
                   [&](const event::Log& e) { m_console.detail(e.text); },
                   [](const auto&) {}, // memory and the summary are not for this line
               },
               event);
}

void Progress::enter(Stage stage) {
    m_stage = stage;
    m_stageStart = Clock::now();
    m_done = m_total = 0;
    m_detail.clear();
    m_muCandidates = 0;
    m_console.detail("stage: " + std::string(toString(stage)));
    repaint(true);
}

void Progress::update(const event::Progress& progress) {
    if (progress.stage != m_stage)
        enter(progress.stage);
    m_done = progress.done;
    m_total = progress.total;
    m_detail = progress.detail;
    repaint();
}

void Progress::finishLayer(const LayerResult& layer) {
    const auto error =
        layer.hiddenHeldoutError.all ? layer.hiddenHeldoutError.all : layer.hiddenCalibrationError.all;
    std::string text = "layer " + std::to_string(layer.layer + 1) + "/" + std::to_string(m_layers);
    if (error)
        text += "  error " + significant(*error, 2);
    text += "  " + secondsText(layer.seconds);
    if (const auto left = timeLeft(); !left.empty())
        text += "  " + left + " left";
    if (m_console.progressStyle() == ProgressStyle::Plain)
        say(text);
    else
        m_console.detail(text);
}

void Progress::finishBenchmark(const BenchmarkScore& score) {
    const std::string text = score.benchmark + "  " + intervalText(score.score, score.low, score.high, 1) +
                             "  loss " + fixed(score.answerLoss, 4) + "  " + std::to_string(score.items) +
                             " items  " + secondsText(score.seconds);
    if (m_console.progressStyle() == ProgressStyle::Plain)
        say(text);
    else
        m_console.detail(text);
}

void Progress::repaint(bool isForced) {
    const auto now = Clock::now();
    if (m_console.progressStyle() == ProgressStyle::Bar &&
        (isForced || now - m_lastPaint >= kRepaintPeriod)) {
        m_lastPaint = now;
        m_console.showStatus(line(m_console.width() - 1));
    }
    if (m_console.progressStyle() == ProgressStyle::Plain && now - m_lastPlain >= kPlainPeriod)
        say(line(100));
}

std::string Progress::line(std::size_t width) const {
    std::vector<std::string> parts{std::string(toString(m_stage))};
    if (m_stage == Stage::Quantize && m_modules > 0) {
        parts.front() += " " + std::to_string(m_moduleIndex + 1) + "/" + std::to_string(m_modules) + " " +
                         shortName(m_module);
        if (m_muCandidates > 0)
            parts.push_back("μ " + std::to_string(m_muCandidate) + "/" + std::to_string(m_muCandidates));
        if (m_error)
            parts.push_back("err " + significant(*m_error, 2));
    } else if (!m_detail.empty()) {
        parts.front() += " " + m_detail;
    }
    if (m_total > 0)
        parts.push_back(std::to_string(static_cast<int>(100 * std::min(1.0, m_done / m_total))) + " %");
    if (const auto left = timeLeft(); !left.empty())
        parts.push_back(left + " left");
    std::string text;
    for (const auto& part : parts) {
        const std::string longer = text.empty() ? part : text + "  " + part;
        if (displayWidth(longer) > width)
            break;
        text = longer;
    }
    return text;
}

std::string Progress::timeLeft() const {
    const bool isEarly = m_stage == Stage::Quantize ? m_moduleIndex < kModulesBeforeEstimate : m_done < 1;
    if (isEarly || m_done <= 0 || m_done >= m_total)
        return {};
    const double elapsed = std::chrono::duration<double>(Clock::now() - m_stageStart).count();
    return timeLeftText(elapsed * (m_total - m_done) / m_done);
}

void Progress::say(const std::string& text) {
    m_lastPlain = Clock::now();
    m_console.note(m_title.empty() ? text : m_title + "  " + text);
}

}
