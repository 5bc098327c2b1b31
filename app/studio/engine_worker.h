// engine_worker.h - the part of EngineHost that lives on the engine's thread. Every function blocks that
// thread.
#pragma once
#include "app/studio/engine_host.h"

#include <QElapsedTimer>

namespace vlmptq::studio {

class EngineWorker : public QObject, public EventSink {
    Q_OBJECT
public:
    explicit EngineWorker(EngineHost::Factory factory) : m_factory(std::move(factory)) {}

    void load();
    void run(const ui::Job&, const std::stop_source&);
    void onEvent(const Event&) override;

Q_SIGNALS:
    void engineReady(const vlmptq::api::EngineInfo& info);
    void engineFailed(const vlmptq::ui::Problem& problem);
    void eventArrived(const vlmptq::Event& event);
    void ended(const vlmptq::ui::JobResult& result);

private:
    api::Engine& engine(); // opens it on first use
    ui::JobResult perform(const ui::QuantizeJob&, const std::stop_source&);
    ui::JobResult perform(const ui::EvaluateJob&, const std::stop_source&);
    ui::JobResult perform(const ui::ExportJob&, const std::stop_source&);

    EngineHost::Factory m_factory;
    std::unique_ptr<api::Engine> m_engine;
    QElapsedTimer m_sinceProgress;
};

}
