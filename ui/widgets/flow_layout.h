// flow_layout.h - widgets in lines that wrap like words, so that chips and check boxes are never clipped.
#pragma once
#include <QLayout>
#include <QList>

namespace vlmptq::ui {

class FlowLayout : public QLayout {
public:
    explicit FlowLayout(QWidget* parent = nullptr, int gap = 6);
    ~FlowLayout() override;
    void addItem(QLayoutItem*) override;
    int count() const override { return int(m_items.size()); }
    QLayoutItem* itemAt(int index) const override { return m_items.value(index); }
    QLayoutItem* takeAt(int index) override;
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize minimumSize() const override;
    QSize sizeHint() const override { return minimumSize(); }
    void setGeometry(const QRect&) override;

private:
    int arrange(const QRect&, bool place) const; // the height it takes
    void placeLine(qsizetype begin, qsizetype end, QPoint at, int height) const;
    QList<QLayoutItem*> m_items;
    int m_gap;
};

}
