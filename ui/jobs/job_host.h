// job_host.h - the border to the engine's thread (app/studio/engine_host implements it). One job at a time;
// every call returns at once; everything comes back by a signal on the UI thread: events in order, then
// exactly one `ended`.
#pragma once
#include "ui/jobs/job.h"

#include <QObject>

namespace vlmptq::ui {

class JobHost : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    virtual void loadEngine() = 0;      // then engineReady or engineFailed; a job may be started before that
    virtual void start(const Job&) = 0; // only while nothing runs
    virtual void stopNow() = 0;         // finished layers stay; `ended` follows within a second

Q_SIGNALS:
    void engineReady(const vlmptq::api::EngineInfo& info);
    void engineFailed(const vlmptq::ui::Problem& problem);
    void eventArrived(const vlmptq::Event& event); // progress is thinned to 20 a second, nothing else
    void ended(const vlmptq::ui::JobResult& result);
};

}
