// stage_bar.h - the stages of the job in a row: name, state in mark and colour, own progress.
#pragma once
#include "ui/context.h"
#include "ui/run/run_progress.h"

#include <QWidget>

namespace vlmptq::ui {

QString stageText(Stage);

class StageBar : public QWidget {
    Q_OBJECT
public:
    explicit StageBar(const Context&, QWidget* parent = nullptr);
    struct Item {
        Stage stage;
        StageState state;
        std::optional<double> share;
    };
    void setItems(std::vector<Item>);
    void setProblem(bool failed); // the active stage failed
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent*) override;

private:
    void paintItem(QPainter&, const QRectF&, const Item&) const;
    Context m_context;
    std::vector<Item> m_items;
    bool m_failed = false;
};

}
