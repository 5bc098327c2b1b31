// legend_bar.h - the legend of a plot as buttons: click (Space) shows and hides a series, double click
// (Enter) shows it alone, or all again.
#pragma once
#include "ui/plots/plot_data.h"

#include <QWidget>

#include <set>

namespace vlmptq::ui {

class LegendEntry;
class Theme;

class LegendBar : public QWidget {
    Q_OBJECT
public:
    explicit LegendBar(Theme*, QWidget* parent = nullptr);
    int count() const { return int(m_entries.size()); }
    void setData(const PlotData&); // keeps what is hidden, by name
    const std::set<QString>& hidden() const { return m_hidden; }

Q_SIGNALS:
    void hiddenChanged();

private:
    bool isShown(const std::vector<PlotSeries>&) const;
    void toggle(const QString& name);
    void isolate(const QString& name);
    void showState();

    Theme* m_theme;
    std::vector<LegendEntry*> m_entries;
    std::set<QString> m_hidden;
};

}
