// shown_scores.h - benchmark scores of the shown runs and of the full-precision model they came from, read in
// the background. UI thread.
#pragma once
#include "ui/context.h"
#include "ui/plots/bench_results.h"

#include <QObject>

namespace vlmptq::ui {

class ShownScores : public QObject {
    Q_OBJECT
public:
    explicit ShownScores(const Context&, QObject* parent = nullptr);
    // Full precision first (without scores where it was not evaluated), then the runs.
    const std::vector<BenchResults>& results() const { return m_results; }

Q_SIGNALS:
    void changed();

private:
    void reload();
    void take(std::vector<BenchResults>);
    Context m_context;
    std::vector<BenchResults> m_results;
};

}
