// log_view.h - the log of the shown run: live, filtered, copied.
#pragma once
#include "ui/context.h"
#include "ui/run/log_model.h"

#include <QWidget>

#include <optional>

class QStackedLayout;
class QTableView;

namespace vlmptq::ui {

class EmptyState;

class LogView : public QWidget {
    Q_OBJECT
public:
    explicit LogView(const Context&, QWidget* parent = nullptr);
    void setRun(std::optional<store::RunId>);
    QString copyText() const; // what the filter lets through

private:
    void readMore();
    void showRows(); // or a sentence where there are none

    Context m_context;
    std::optional<store::RunId> m_run;
    LogModel* m_model;
    LogFilter* m_filter;
    QTableView* m_table;
    EmptyState* m_empty;
    QStackedLayout* m_stack;
};

}
