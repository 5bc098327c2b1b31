// details_view.h - the right dock: facts of the selected module and run in two columns; Ctrl+C copies rows.
#pragma once
#include "ui/context.h"
#include "ui/details/details_model.h"

#include <QTableView>

namespace vlmptq::ui {

class DetailsView : public QTableView {
    Q_OBJECT
public:
    explicit DetailsView(const Context&, QWidget* parent = nullptr);
    QSize sizeHint() const override;
    QString copyText() const; // selected rows, or all of them, tab-separated

protected:
    void keyPressEvent(QKeyEvent*) override;
    void contextMenuEvent(QContextMenuEvent*) override;

private:
    void reload();
    void show(std::vector<Fact>);
    void copy() const;

    Context m_context;
    DetailsModel* m_model;
};

}
