// card.h - a titled group on a raised background: the building block of Set up, Run and the welcome page.
#pragma once
#include <QFrame>

class QLabel;
class QVBoxLayout;

namespace vlmptq::ui {

class Card : public QFrame {
    Q_OBJECT
public:
    explicit Card(const QString& title, QWidget* parent = nullptr);
    QVBoxLayout* content() const { return m_content; }
    void setTitle(const QString&);

protected:
    void paintEvent(QPaintEvent*) override;

private:
    QLabel* m_title;
    QVBoxLayout* m_content;
};

}
