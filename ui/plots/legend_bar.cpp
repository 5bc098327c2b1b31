#include "ui/plots/legend_bar.h"

#include "ui/plots/legend_entry.h"
#include "ui/theme/theme.h"
#include "ui/widgets/flow_layout.h"

#include <algorithm>

namespace vlmptq::ui {

LegendBar::LegendBar(Theme* theme, QWidget* parent) : QWidget(parent), m_theme(theme) {
    auto* flow = new FlowLayout(this, 4);
    flow->setContentsMargins(0, 0, 0, 0);
    setAccessibleName(tr("Legend"));
}

void LegendBar::setData(const PlotData& content) {
    std::vector<PlotSeries> wanted;
    for (const PlotSeries& one : content.series)
        if (one.mark != Mark::Context && one.mark != Mark::Heat)
            wanted.push_back({.name = one.name,
                              .mark = one.mark,
                              .style = one.style,
                              .isJoined = one.isJoined,
                              .isFilled = one.isFilled,
                              .isOutlined = one.isOutlined,
                              .isEmphasised = one.isEmphasised});
    if (isShown(wanted))
        return; // live updates keep the focus
    for (LegendEntry* entry : m_entries)
        delete entry;
    m_entries.clear();
    for (PlotSeries& one : wanted) {
        const QString name = one.name;
        auto* entry = new LegendEntry(m_theme, std::move(one), this);
        connect(entry, &QAbstractButton::clicked, this, [this, name] { toggle(name); });
        connect(entry, &LegendEntry::isolated, this, [this, name] { isolate(name); });
        layout()->addWidget(entry);
        entry->show();
        m_entries.push_back(entry);
    }
    showState();
}

bool LegendBar::isShown(const std::vector<PlotSeries>& wanted) const {
    const ThemeColors& colors = m_theme->colors();
    const auto look = [&colors](const PlotSeries& one) {
        const SeriesStyle style = one.style ? one.style(colors) : SeriesStyle{};
        return std::tuple(one.name, style.color.rgb(), style.symbol, style.dashes);
    };
    return std::ranges::equal(wanted, m_entries, {}, look,
                              [&look](const LegendEntry* entry) { return look(entry->series()); });
}

void LegendBar::toggle(const QString& name) {
    if (!m_hidden.erase(name))
        m_hidden.insert(name);
    showState();
    Q_EMIT hiddenChanged();
}

void LegendBar::isolate(const QString& name) {
    std::set<QString> others;
    for (const LegendEntry* entry : m_entries)
        if (entry->text() != name)
            others.insert(entry->text());
    // The first click of a double click has toggled it already.
    std::set<QString> before = m_hidden;
    before.erase(name);
    m_hidden = before == others ? std::set<QString>() : others;
    showState();
    Q_EMIT hiddenChanged();
}

void LegendBar::showState() {
    for (LegendEntry* entry : m_entries) {
        entry->setChecked(!m_hidden.contains(entry->text()));
        entry->update();
    }
}

}
