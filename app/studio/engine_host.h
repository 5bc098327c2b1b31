// engine_host.h - owns the engine's thread: opens the engine there (LibTorch takes about a second), runs one
// job at a time and passes its events on as queued signals. Destruction stops the job and joins the thread.
#pragma once
#include "ui/jobs/job_host.h"

#include <QThread>

#include <functional>
#include <memory>

namespace vlmptq::studio {

class EngineWorker;

class EngineHost : public ui::JobHost {
    Q_OBJECT
public:
    using Factory = std::function<std::unique_ptr<api::Engine>()>;

    // `factory` runs on the engine's thread, once, and may throw Error; main passes api::loadEngine.
    explicit EngineHost(Factory factory, QObject* parent = nullptr);
    ~EngineHost() override;

    void loadEngine() override;
    void start(const ui::Job&) override;
    void stopNow() override;

private:
    QThread m_thread;
    EngineWorker* m_worker; // lives on m_thread, deleted when it ends
    std::stop_source m_stop;
};

}
