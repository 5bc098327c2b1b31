// choice_strip.h - a few exclusive choices side by side (weight bits). Arrow keys move, as in any radio
// group.
#pragma once
#include <QButtonGroup>
#include <QWidget>

#include <vector>

namespace vlmptq::ui {

class ChoiceStrip : public QWidget {
    Q_OBJECT
public:
    explicit ChoiceStrip(const std::vector<int>& values, const QString& name, QWidget* parent = nullptr);
    int value() const { return m_group->checkedId(); }
    void setValue(int); // no signal

Q_SIGNALS:
    void valueChosen(int value);

private:
    QButtonGroup* m_group;
};

}
