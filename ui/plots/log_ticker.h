// log_ticker.h - ticks of logarithmic axes whose labels never repeat: decades over wide ranges, 1-2-5 steps
// over narrow ones, evenly spaced values below that. (The stock ticker prints "10⁻²" twice where less than a
// decade is visible.)
#pragma once
#include "ui/plots/plot_data.h"

#include <QSharedPointer>

class QCPAxisTicker;

namespace vlmptq::ui {

struct LogTicks {
    std::vector<AxisTick> major;
    std::vector<double> minor;
};

// At most about `wanted` labelled ticks within [low, high]; 0 < low < high.
LogTicks logTicks(double low, double high, int wanted = 6);
// Ticks of a SymLog axis for values in [low, high], at 0 and powers of ten beyond the linear part.
std::vector<AxisTick> symLogTicks(const PlotAxis&, double low, double high, int wanted = 7);
QString tickLabel(double value); // 0.05, 250, 10⁻⁴, 2·10⁻⁴

QSharedPointer<QCPAxisTicker> makeLogTicker();

}
