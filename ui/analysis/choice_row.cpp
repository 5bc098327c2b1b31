#include "ui/analysis/choice_row.h"

#include "ui/settings/settings.h"
#include "ui/widgets/flow_layout.h"

#include <QHBoxLayout>
#include <QLabel>

namespace vlmptq::ui {
namespace {

bool isSame(QComboBox* box, const std::vector<ChoiceRow::Choice>& choices) {
    if (box->count() != int(choices.size()))
        return false;
    for (int i = 0; i < box->count(); ++i)
        if (box->itemText(i) != choices[std::size_t(i)].text ||
            box->itemData(i) != choices[std::size_t(i)].value)
            return false;
    return true;
}

}

ChoiceRow::ChoiceRow(const Context& context, const QString& prefix, QWidget* parent)
    : QWidget(parent), m_context(context), m_prefix(prefix) {
    auto* flow = new FlowLayout(this, 10);
    flow->setContentsMargins(0, 0, 0, 0);
}

QComboBox* ChoiceRow::add(const QString& name, const QString& label, const std::vector<Choice>& choices) {
    auto* cell = new QWidget(this);
    auto* box = new QComboBox(cell);
    box->setObjectName(name);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    auto* title = new QLabel(label, cell);
    title->setProperty("muted", true);
    title->setBuddy(box);
    auto* row = new QHBoxLayout(cell);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(5);
    row->addWidget(title);
    row->addWidget(box);
    layout()->addWidget(cell);
    m_boxes.insert(name, box);
    setChoices(name, choices);
    const int remembered = box->findData(m_context.settings->view(m_prefix + name));
    if (remembered >= 0)
        box->setCurrentIndex(remembered);
    connect(box, &QComboBox::activated, this, [this, name, box] {
        m_context.settings->setView(m_prefix + name, box->currentData());
        Q_EMIT chosen();
    });
    return box;
}

void ChoiceRow::setChoices(const QString& name, const std::vector<Choice>& choices) {
    QComboBox* box = m_boxes.value(name);
    if (isSame(box, choices))
        return;
    const QVariant before = box->currentData();
    box->clear();
    for (const Choice& choice : choices)
        box->addItem(choice.text, choice.value);
    box->setCurrentIndex(std::max(0, box->findData(before)));
}

QVariant ChoiceRow::value(const QString& name) const { return m_boxes.value(name)->currentData(); }

void ChoiceRow::setRowEnabled(const QString& name, bool on) {
    m_boxes.value(name)->parentWidget()->setEnabled(on);
}

}
