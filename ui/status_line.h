// status_line.h - the bottom of the window: the job in one line (a click opens Run), its bar, pause, device
// and database.
#pragma once
#include "ui/context.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QProgressBar;
class QToolButton;

namespace vlmptq::ui {

class JobCenter;

class StatusLine : public QWidget {
    Q_OBJECT
public:
    StatusLine(const Context&, JobCenter*, QWidget* parent = nullptr);

Q_SIGNALS:
    void runRequested();

private:
    void refresh();
    void showDatabase();
    Context m_context;
    JobCenter* m_jobs;
    QToolButton *m_job, *m_pause;
    QProgressBar* m_bar;
    QLabel *m_device, *m_database;
    QTimer m_timer;
};

}
