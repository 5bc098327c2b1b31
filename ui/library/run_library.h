// run_library.h - the left dock: every run of the database, searched, opened, ticked for the overlay, renamed
// and deleted.
#pragma once
#include "ui/context.h"
#include "ui/library/run_model.h"
#include "ui/problem.h"

#include <QWidget>

class QLineEdit;
class QListView;
class QMenu;
class QStackedLayout;

namespace vlmptq::ui {

class EmptyState;

class RunLibrary : public QWidget {
    Q_OBJECT
public:
    explicit RunLibrary(const Context&, QWidget* parent = nullptr);
    RunModel* model() const { return m_model; }
    EmptyState* emptyState() const { return m_empty; }
    QSize sizeHint() const override;
    void focusSearch();
    void reload();

Q_SIGNALS:
    void loaded();
    void resumeRequested(vlmptq::store::RunId run);
    void evaluateRequested(vlmptq::store::RunId run);
    void exportRequested(vlmptq::store::RunId run);
    void problemOccurred(const vlmptq::ui::Problem& problem);

private:
    void show(std::vector<store::RunRecord>);
    void openCurrent();
    void showMenu(const QPoint&);
    void addControls(QMenu*, store::RunId);
    void renameCurrent();
    void askToDelete(store::RunId);
    void confirmDelete(const store::RunRecord&, std::uint64_t bytes);
    void updateEmptyState();

    Context m_context;
    RunModel* m_model;
    RunFilter* m_filter;
    QLineEdit* m_search;
    QListView* m_list;
    QStackedLayout* m_stack;
    EmptyState* m_empty;
    EmptyState* m_nothingFound;
};

bool canResume(const store::RunRecord&); // also a run that waited and never began

}
