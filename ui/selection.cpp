#include "ui/selection.h"

#include <algorithm>

namespace vlmptq::ui {
namespace {
constexpr std::size_t kHistory = 100;
}

bool Selection::isCompared(store::RunId run) const { return std::ranges::count(m_compared, run) > 0; }

std::vector<store::RunId> Selection::shownRuns() const {
    std::vector<store::RunId> runs;
    if (m_now.run)
        runs.push_back(*m_now.run);
    for (const auto run : m_compared)
        if (run != m_now.run)
            runs.push_back(run);
    return runs;
}

void Selection::setActiveRun(std::optional<store::RunId> run) { visit({run, m_now.module}); }
void Selection::setModule(int index) { visit({m_now.run, index}); }

void Selection::setFilter(SeriesFilter filter) {
    if (filter == m_filter)
        return;
    m_filter = filter;
    Q_EMIT filterChanged(filter);
}

bool Selection::setCompared(store::RunId run, bool on) {
    if (isCompared(run) == on)
        return true;
    if (on && std::ssize(m_compared) >= kMaxCompared)
        return false;
    if (on)
        m_compared.push_back(run);
    else
        std::erase(m_compared, run);
    Q_EMIT comparedRunsChanged();
    Q_EMIT shownRunsChanged();
    return true;
}

void Selection::removeRun(store::RunId run) {
    setCompared(run, false);
    std::erase_if(m_back, [run](const Place& place) { return place.run == run; });
    std::erase_if(m_forward, [run](const Place& place) { return place.run == run; });
    if (m_now.run == run)
        moveTo({std::nullopt, -1});
    Q_EMIT historyChanged();
}

void Selection::goBack() {
    if (!canGoBack())
        return;
    m_forward.push_back(m_now);
    const Place place = m_back.back();
    m_back.pop_back();
    moveTo(place);
    Q_EMIT historyChanged();
}

void Selection::goForward() {
    if (!canGoForward())
        return;
    m_back.push_back(m_now);
    const Place place = m_forward.back();
    m_forward.pop_back();
    moveTo(place);
    Q_EMIT historyChanged();
}

void Selection::visit(Place place) {
    if (place == m_now)
        return;
    if (m_now.run)
        m_back.push_back(m_now);
    if (m_back.size() > kHistory)
        m_back.erase(m_back.begin());
    m_forward.clear();
    moveTo(place);
    Q_EMIT historyChanged();
}

void Selection::moveTo(Place place) {
    const Place before = std::exchange(m_now, place);
    if (before.run != place.run) {
        Q_EMIT activeRunChanged(place.run);
        Q_EMIT shownRunsChanged();
    }
    if (before.module != place.module)
        Q_EMIT moduleChanged(place.module);
}

}
