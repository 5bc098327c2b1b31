// crumb_bar.h - where the user is: back, forward, and run ▸ layer ▸ module (interface.md 3).
#pragma once
#include "ui/context.h"

#include <QWidget>

class QLabel;
class QToolButton;

namespace vlmptq::ui {

class RunModel;

class CrumbBar : public QWidget {
    Q_OBJECT
public:
    CrumbBar(const Context&, const RunModel*, QWidget* parent = nullptr);
    QString path() const;

private:
    void refresh();
    void readModuleName();

    Context m_context;
    const RunModel* m_runs;
    QToolButton *m_back, *m_forward;
    QLabel* m_path;
    QString m_module; // "layer 3 ▸ mlp.down_proj"
};

}
