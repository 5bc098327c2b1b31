#include "ui/analysis/choice_row.h"

#include "ui/settings/settings.h"
#include "ui/widgets/flow_layout.h"

#include <algorithm>

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
    auto* flow = new FlowLayout(this, 6);
    flow->setContentsMargins(0, 0, 0, 0);
}

void ChoiceRow::add(const QString& name, const QString& spokenName, const std::vector<Choice>& choices) {
    auto* box = new QComboBox(this);
    box->setObjectName(name);
    box->setAccessibleName(spokenName);
    box->setToolTip(spokenName);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    layout()->addWidget(box);
    m_boxes.insert(name, box);
    setChoices(name, choices);
    connect(box, &QComboBox::activated, this, [this, name, box] {
        m_context.settings->setView(m_prefix + name, box->currentData());
        Q_EMIT chosen();
    });
}

void ChoiceRow::setChoices(const QString& name, const std::vector<Choice>& choices) {
    QComboBox* box = m_boxes.value(name);
    if (isSame(box, choices))
        return;
    const QVariant before = box->count() ? box->currentData() : m_context.settings->view(m_prefix + name);
    box->clear();
    for (const Choice& choice : choices)
        box->addItem(choice.text, choice.value);
    const auto found = std::ranges::find_if(
        choices, [&before](const Choice& choice) { return choice.value.toString() == before.toString(); });
    box->setCurrentIndex(found == choices.end() ? 0 : int(found - choices.begin()));
}

QVariant ChoiceRow::value(const QString& name) const { return m_boxes.value(name)->currentData(); }

void ChoiceRow::setChoiceEnabled(const QString& name, bool on) { m_boxes.value(name)->setEnabled(on); }

}
