// progress.h - what a job says, for whoever watches: one redrawn line on a terminal, otherwise a plain line
// per decoder layer, per benchmark and per half minute. Warnings and logs become messages. Lives on the
// engine's thread.
#pragma once
#include "app/cli/console.h"
#include "engine/core/events.h"

#include <chrono>

namespace vlmptq::cli {

class Progress : public EventSink {
public:
    // `title` stands before plain lines where several jobs follow each other ("run 7 gptaq"); may be empty.
    explicit Progress(Console&, std::string title = {});
    ~Progress() override;
    void onEvent(const Event&) override;

private:
    using Clock = std::chrono::steady_clock;

    void enter(Stage);
    void update(const event::Progress&);
    void finishLayer(const LayerResult&);
    void finishBenchmark(const BenchmarkScore&);
    void repaint(bool isForced = false);
    std::string line(std::size_t width) const;
    std::string timeLeft() const; // empty until it means something
    void say(const std::string& text);

    Console& m_console;
    std::string m_title, m_detail, m_module;
    Stage m_stage = Stage::Load;
    Clock::time_point m_stageStart, m_lastPaint, m_lastPlain;
    double m_done = 0, m_total = 0;
    int m_layers = 0, m_modules = 0, m_moduleIndex = 0, m_muCandidate = 0, m_muCandidates = 0;
    std::optional<double> m_error; // of the last finished module
};

}
