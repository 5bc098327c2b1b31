// empty_state.h - what a view shows when it has nothing to show: one sentence, why, and the button that
// changes it (interface.md 8). Use it as a page of a QStackedLayout.
#pragma once
#include <QWidget>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace vlmptq::ui {

class EmptyState : public QWidget {
    Q_OBJECT
public:
    explicit EmptyState(const QString& sentence, const QString& hint = {}, QWidget* parent = nullptr);
    void setSentence(const QString&);
    void setHint(const QString&);
    // One more button below the sentence; `objectName` for tests.
    QPushButton* addButton(const QString& text, const QString& objectName);

private:
    QLabel* m_sentence;
    QLabel* m_hint;
    QVBoxLayout* m_buttons;
};

}
