#include "ui/widgets/choice_strip.h"

#include <QHBoxLayout>
#include <QRadioButton>

namespace vlmptq::ui {

ChoiceStrip::ChoiceStrip(const std::vector<int>& values, const QString& name, QWidget* parent)
    : QWidget(parent), m_group(new QButtonGroup(this)) {
    setAccessibleName(name);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(10);
    for (const int value : values) {
        auto* button = new QRadioButton(QString::number(value), this);
        //: a choice among others, for example "Weight bits 3"
        button->setAccessibleName(tr("%1 %2").arg(name).arg(value));
        m_group->addButton(button, value);
        row->addWidget(button);
        if (!focusProxy())
            setFocusProxy(button);
    }
    row->addStretch();
    connect(m_group, &QButtonGroup::idClicked, this, &ChoiceStrip::valueChosen);
}

void ChoiceStrip::setValue(int value) {
    if (auto* button = m_group->button(value)) {
        button->setChecked(true);
        setFocusProxy(button);
    }
}

}
