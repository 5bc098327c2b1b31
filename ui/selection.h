// selection.h - what the user is looking at: the one object every view reads and changes, which is what links
// them. Lives on the UI thread; setters do nothing (and signal nothing) when the value is the same.
#pragma once
#include "engine/store/run_store.h"

#include <QObject>

#include <optional>
#include <vector>

namespace vlmptq::ui {

// Which modules the plots and tables of Layers and Modalities show.
enum class SeriesFilter { All, Attention, Mlp };

class Selection : public QObject {
    Q_OBJECT
public:
    static constexpr int kMaxCompared = 5;
    using QObject::QObject;

    std::optional<store::RunId> activeRun() const { return m_now.run; }
    int module() const { return m_now.module; } // ModuleResult::index; -1: none
    SeriesFilter filter() const { return m_filter; }
    const std::vector<store::RunId>& comparedRuns() const { return m_compared; }
    bool isCompared(store::RunId) const;
    std::vector<store::RunId> shownRuns() const; // active run first, then the compared ones, each once

    void setActiveRun(
        std::optional<store::RunId>); // keeps the module, so that another run can be read at the same place
    void setModule(int index);
    void setFilter(SeriesFilter);
    bool setCompared(store::RunId, bool on); // false: there are already kMaxCompared
    void removeRun(store::RunId);            // it was deleted

    bool canGoBack() const { return !m_back.empty(); }
    bool canGoForward() const { return !m_forward.empty(); }
    void goBack();
    void goForward();

Q_SIGNALS:
    void activeRunChanged(std::optional<vlmptq::store::RunId> run);
    void moduleChanged(int index);
    void filterChanged(vlmptq::ui::SeriesFilter filter);
    void comparedRunsChanged();
    void shownRunsChanged(); // after either of the two above that change shownRuns()
    void historyChanged();

private:
    struct Place {
        std::optional<store::RunId> run;
        int module = -1;
        bool operator==(const Place&) const = default;
    };
    void visit(Place);  // remembers where we were
    void moveTo(Place); // signals what differs

    Place m_now;
    std::vector<Place> m_back, m_forward;
    std::vector<store::RunId> m_compared;
    SeriesFilter m_filter = SeriesFilter::All;
};

}
