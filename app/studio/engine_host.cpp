#include "app/studio/engine_host.h"

#include "app/studio/engine_worker.h"

namespace vlmptq::studio {

EngineHost::EngineHost(Factory factory, QObject* parent)
    : JobHost(parent), m_worker(new EngineWorker(std::move(factory))) {
    qRegisterMetaType<Event>();
    qRegisterMetaType<api::EngineInfo>();
    qRegisterMetaType<ui::Problem>();
    qRegisterMetaType<ui::JobResult>();
    m_thread.setObjectName(QStringLiteral("engine"));
    m_worker->moveToThread(&m_thread);
    connect(&m_thread, &QThread::finished, m_worker, &QObject::deleteLater);
    connect(m_worker, &EngineWorker::engineReady, this, &JobHost::engineReady);
    connect(m_worker, &EngineWorker::engineFailed, this, &JobHost::engineFailed);
    connect(m_worker, &EngineWorker::eventArrived, this, &JobHost::eventArrived);
    connect(m_worker, &EngineWorker::ended, this, &JobHost::ended);
    m_thread.start();
}

EngineHost::~EngineHost() {
    m_stop.request_stop();
    m_thread.quit();
    m_thread.wait();
}

void EngineHost::loadEngine() {
    QMetaObject::invokeMethod(m_worker, [worker = m_worker] { worker->load(); });
}

void EngineHost::start(const ui::Job& job) {
    m_stop = std::stop_source();
    QMetaObject::invokeMethod(m_worker, [worker = m_worker, job, stop = m_stop] { worker->run(job, stop); });
}

void EngineHost::stopNow() { m_stop.request_stop(); }

}
