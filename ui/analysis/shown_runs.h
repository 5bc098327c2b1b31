// shown_runs.h - the results of the runs the selection shows (active first, then the compared ones), read in
// the background and kept up to date while they grow. Shared by Layers and Modalities. UI thread.
#pragma once
#include "ui/context.h"
#include "ui/plots/run_results.h"

#include <QObject>

namespace vlmptq::ui {

class ShownRuns : public QObject {
    Q_OBJECT
public:
    explicit ShownRuns(const Context&, QObject* parent = nullptr);
    const std::vector<RunResults>& runs() const { return m_runs; }
    const RunResults* active() const; // null while it is being read, or none is open

Q_SIGNALS:
    void changed();

private:
    void reload();
    void take(std::vector<RunResults>);

    Context m_context;
    std::vector<RunResults> m_runs;
};

}
