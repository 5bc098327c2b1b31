#include "ui/widgets/one_line_rows.h"

#include <QEvent>
#include <QHeaderView>
#include <QScrollBar>
#include <QTableView>

namespace vlmptq::ui {
namespace {

constexpr int kAir = 6; // px between two lines

class RowKeeper : public QObject {
public:
    explicit RowKeeper(QTableView* table) : QObject(table), m_table(table) {
        fit();
        table->installEventFilter(this);
    }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() == QEvent::FontChange)
            fit();
        return QObject::eventFilter(watched, event);
    }

private:
    void fit() {
        const int height = m_table->fontMetrics().height() + kAir;
        m_table->verticalHeader()->setMinimumSectionSize(height);
        m_table->verticalHeader()->setDefaultSectionSize(height);
    }

    QTableView* m_table;
};

}

void keepRowsOneLine(QTableView* table) { new RowKeeper(table); }

int tableHeight(const QTableView& table, int rows) {
    return table.horizontalHeader()->sizeHint().height() + rows * (table.fontMetrics().height() + kAir) +
           table.horizontalScrollBar()->sizeHint().height() + 2 * table.frameWidth();
}

}
