// welcome_page.h - the centre of the window at the first start: three ways to begin, recent models, and the
// device.
#pragma once
#include "ui/context.h"

#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace vlmptq::ui {

class JobCenter;

class WelcomePage : public QWidget {
    Q_OBJECT
public:
    WelcomePage(const Context&, const JobCenter*, QWidget* parent = nullptr);

Q_SIGNALS:
    void openModelRequested();
    void demoRequested();
    void openDatabaseRequested();
    void recentModelChosen(const QString& folder);

private:
    void showRecent(QVBoxLayout*);
    void showDevice();
    Context m_context;
    const JobCenter* m_jobs;
    QLabel* m_device;
};

}
