#include "ui/plots/read_out.h"

#include "ui/qt_text.h"

#include <algorithm>
#include <cmath>

namespace vlmptq::ui {
namespace {

struct Line {
    const PlotSeries* series = nullptr;
    QString text;
    bool isEmphasised = false;
};

struct ReadOut {
    QString heading;
    std::vector<Line> lines;
};

QString valueText(const PlotSeries& one, std::size_t i) {
    const QString value = significantText(one.y[i], 3);
    if (i >= one.low.size() || i >= one.high.size() || !std::isfinite(one.low[i]))
        return value;
    return QStringLiteral("%1 (%2 – %3)")
        .arg(value, significantText(one.low[i], 3), significantText(one.high[i], 3));
}

QString positionText(double x) {
    return x == std::floor(x) ? QString::number(qint64(x)) : significantText(x, 3);
}

// "+38 %" of a value against the first one.
QString differenceText(double value, double first) {
    const double percent = (value / first - 1) * 100;
    return QStringLiteral(" (%1%2 %)")
        .arg(percent < 0 ? QStringLiteral("−") : QStringLiteral("+"),
             fixedText(std::abs(percent), std::abs(percent) < 9.95 ? 1 : 0));
}

// "117 · layers.16.mlp.down_proj", "layer 3", "ChartQA"
QString headingOf(const PlotData& data, double x) {
    const QString name = data.rowName(x), number = positionText(x);
    if (name.isEmpty())
        return QStringLiteral("%1 %2").arg(data.rowTitle, number);
    return data.rowsAreNumbered ? QStringLiteral("%1 · %2").arg(number, name) : name;
}

ReadOut atX(const PlotData& data, const PlotPlace& place, const std::set<QString>& hidden) {
    ReadOut out;
    out.heading = headingOf(data, place.x);
    std::optional<double> first;
    for (int index = 0; index < int(data.series.size()); ++index) {
        const PlotSeries& one = data.series[std::size_t(index)];
        const int i = hidden.contains(one.name) || one.mark == Mark::Context ? -1 : indexOf(one.x, place.x);
        if (i < 0 || !std::isfinite(one.y[std::size_t(i)]))
            continue;
        const double value = one.y[std::size_t(i)];
        QString text = valueText(one, std::size_t(i));
        if (data.comparesToFirst && first && *first != 0)
            text += differenceText(value, *first);
        if (!first)
            first = value;
        out.lines.push_back({&one, text, index == place.series});
    }
    for (const EdgeMark& mark : data.edgeMarks)
        if (mark.x == place.x)
            out.lines.push_back({nullptr, mark.text, false});
    return out;
}

ReadOut atPoint(const PlotData& data, const PlotPlace& place) {
    ReadOut out;
    const PlotSeries& one = data.series[std::size_t(place.series)];
    const auto i = std::size_t(place.point);
    std::size_t before = 0;
    for (int index = 0; index < place.series; ++index)
        before += data.series[std::size_t(index)].y.size();
    out.heading = before + i < data.rowNames.size() ? data.rowNames[before + i] : one.name;
    out.lines.push_back(
        {&one, QStringLiteral("%1: %2").arg(data.x.label, significantText(one.x[i], 3)), false});
    out.lines.push_back({nullptr, QStringLiteral("%1: %2").arg(data.y.label, valueText(one, i)), false});
    return out;
}

ReadOut readOut(const PlotData& data, const PlotPlace& place, const std::set<QString>& hidden) {
    if (data.rowsBy == RowsBy::X)
        return atX(data, place, hidden);
    return place.series >= 0 && place.point >= 0 ? atPoint(data, place) : ReadOut{};
}

}

int keyAt(const PlotData& data, const PlotPlace& place, const std::set<QString>& hidden) {
    const auto keyOf = [](const PlotSeries& one, int point) {
        return point >= 0 && point < int(one.keys.size()) ? one.keys[std::size_t(point)] : -1;
    };
    if (data.rowsBy == RowsBy::Point)
        return place.series < 0 ? -1 : keyOf(data.series[std::size_t(place.series)], place.point);
    for (const PlotSeries& one : data.series)
        if (!hidden.contains(one.name))
            if (const int key = keyOf(one, indexOf(one.x, place.x)); key >= 0)
                return key;
    return -1;
}

QString readOutHtml(const PlotData& data, const PlotPlace& place, const std::set<QString>& hidden,
                    const ThemeColors& colors) {
    const ReadOut out = readOut(data, place, hidden);
    if (out.heading.isEmpty() && out.lines.empty())
        return {};
    QString html = QStringLiteral("<b>%1</b>").arg(out.heading.toHtmlEscaped());
    for (const Line& line : out.lines) {
        const QColor color =
            line.series && line.series->style ? line.series->style(colors).color : colors.warning;
        const QString mark = line.series ? QStringLiteral("■") : QStringLiteral("▲");
        const bool isNamed = line.series && data.rowsBy == RowsBy::X;
        QString shown = isNamed ? QStringLiteral("%1 <b>%2</b>")
                                      .arg(line.series->name.toHtmlEscaped(), line.text.toHtmlEscaped())
                                : line.text.toHtmlEscaped();
        if (line.isEmphasised)
            shown = QStringLiteral("<u>%1</u>").arg(shown);
        html +=
            QStringLiteral("<br><span style='color:%1'>%2</span> %3")
                .arg(color.name(), !line.series && data.rowsBy == RowsBy::Point ? QString() : mark, shown);
    }
    return html;
}

QString readOutText(const PlotData& data, const PlotPlace& place, const std::set<QString>& hidden) {
    const ReadOut out = readOut(data, place, hidden);
    QStringList parts{out.heading};
    for (const Line& line : out.lines)
        parts << (line.series && data.rowsBy == RowsBy::X ? line.series->name + QLatin1Char(' ') + line.text
                                                          : line.text);
    return parts.join(QStringLiteral(" · "));
}

}
