#include "ui/plots/log_ticker.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace vlmptq::ui {
namespace {

constexpr double kSlack = 1e-9;                     // ticks on the edge of the range count
constexpr double kPlainFrom = 1e-3, kPlainTo = 1e5; // written without powers of ten

QString superscript(int number) {
    static const QString kDigits = QStringLiteral("⁰¹²³⁴⁵⁶⁷⁸⁹");
    QString raised;
    for (const QChar digit : QString::number(std::abs(number)))
        raised += kDigits.at(digit.digitValue());
    return number < 0 ? QStringLiteral("⁻") + raised : raised;
}

int digitsFor(double step, double value) {
    const double size = std::max(std::abs(value), step);
    return std::clamp(int(std::ceil(std::log10(size / step) - kSlack)) + 1, 1, 12);
}

QString labelWithDigits(double value, int digits) {
    const double size = std::abs(value);
    if (size == 0)
        return QStringLiteral("0");
    const QString sign = value < 0 ? QStringLiteral("−") : QString();
    if (size >= kPlainFrom * (1 - kSlack) && size < kPlainTo)
        return sign + QLocale().toString(size, 'g', std::max(digits, int(std::floor(std::log10(size))) + 1));
    const int exponent = int(std::floor(std::log10(size) + kSlack));
    const double mantissa = size / std::pow(10.0, exponent);
    const QString power = QStringLiteral("10") + superscript(exponent);
    const QString factor = QLocale().toString(mantissa, 'g', digits);
    const bool isPower = factor == QLocale().toString(1.0, 'g', digits);
    return sign + (isPower ? power : factor + QStringLiteral("·") + power);
}

// Multiples of each factor times every power of ten within the range.
std::vector<double> decadeTicks(double low, double high, std::initializer_list<int> factors, int step = 1) {
    std::vector<double> ticks;
    const int first = int(std::floor(std::log10(low) - kSlack)), last = int(std::ceil(std::log10(high)));
    for (int exponent = first; exponent <= last; ++exponent) {
        if (exponent % step != 0)
            continue;
        for (const int factor : factors) {
            const double tick = factor * std::pow(10.0, exponent);
            if (tick >= low * (1 - kSlack) && tick <= high * (1 + kSlack))
                ticks.push_back(tick);
        }
    }
    return ticks;
}

std::vector<double> evenTicks(double low, double high, int wanted) {
    const double raw = (high - low) / std::max(1, wanted - 1);
    const double power = std::pow(10.0, std::floor(std::log10(raw)));
    double step = 10 * power;
    for (const int factor : {1, 2, 5})
        if (factor * power >= raw) {
            step = factor * power;
            break;
        }
    std::vector<double> ticks;
    for (double tick = std::ceil(low / step - kSlack) * step; tick <= high * (1 + kSlack); tick += step)
        ticks.push_back(tick);
    return ticks;
}

std::vector<AxisTick> labelled(const std::vector<double>& values, double step = 0) {
    std::vector<AxisTick> ticks;
    for (const double value : values)
        ticks.push_back(
            {value, step > 0 ? labelWithDigits(value, digitsFor(step, value)) : tickLabel(value)});
    return ticks;
}

class LogTicker : public QCPAxisTicker {
public:
    void generate(const QCPRange& range, const QLocale&, QChar, int, QVector<double>& ticks,
                  QVector<double>* subTicks, QVector<QString>* labels) override {
        ticks.clear();
        if (subTicks)
            subTicks->clear();
        if (labels)
            labels->clear();
        if (range.lower <= 0 || range.upper <= range.lower)
            return;
        const LogTicks made = logTicks(range.lower, range.upper, tickCount());
        for (const AxisTick& tick : made.major) {
            ticks.append(tick.at);
            if (labels)
                labels->append(tick.label);
        }
        if (subTicks)
            *subTicks = QVector<double>(made.minor.begin(), made.minor.end());
    }
};

}

QString tickLabel(double value) { return labelWithDigits(value, 3); }

LogTicks logTicks(double low, double high, int wanted) {
    wanted = std::max(wanted, 2);
    const std::vector<double> nine = decadeTicks(low, high, {1, 2, 3, 4, 5, 6, 7, 8, 9});
    const std::vector<double> decades = decadeTicks(low, high, {1});
    if (decades.size() >= 3) {
        const int step = int(decades.size()) > wanted ? int(std::ceil(double(decades.size()) / wanted)) : 1;
        return {labelled(decadeTicks(low, high, {1}, step)), step == 1 ? nine : decades};
    }
    const std::vector<double> steps = decadeTicks(low, high, {1, 2, 5});
    if (steps.size() >= 3)
        return {labelled(steps), nine};
    const std::vector<double> even = evenTicks(low, high, wanted);
    return {labelled(even, even.size() > 1 ? even[1] - even[0] : 0), {}};
}

std::vector<AxisTick> symLogTicks(const PlotAxis& axis, double low, double high, int wanted) {
    // The power of ten at the linear part would crowd the zero.
    const int first = int(std::floor(std::log10(axis.linearBelow) + kSlack)) + 1;
    const auto lastWithin = [first](double bound) {
        return bound > 0 ? std::max(first - 1, int(std::floor(std::log10(bound) + kSlack))) : first - 1;
    };
    const int above = lastWithin(high), below = lastWithin(-low);
    const int count = above - first + below - first + 2;
    const int step = std::max(1, int(std::ceil(double(count) / wanted)));
    std::vector<AxisTick> ticks;
    const auto add = [&](double value) {
        if (value >= low && value <= high)
            ticks.push_back({value, tickLabel(value)});
    };
    // Less than three powers of ten would be hard to read between.
    const std::vector<int> factors = count < 3 ? std::vector{1, 2, 5} : std::vector{1};
    for (int exponent = above; exponent >= first - (count < 3); exponent -= step)
        for (const int factor : factors)
            add(factor * std::pow(10.0, exponent));
    if (low <= 0 && high >= 0)
        add(0);
    for (int exponent = below; exponent >= first - (count < 3); exponent -= step)
        for (const int factor : factors)
            add(-factor * std::pow(10.0, exponent));
    std::ranges::sort(ticks, {}, &AxisTick::at);
    return ticks;
}

QSharedPointer<QCPAxisTicker> makeLogTicker() { return QSharedPointer<LogTicker>::create(); }

}
