#include "ui/setup/mu_grid_editor.h"

#include "engine/core/config.h"
#include "ui/widgets/flow_layout.h"

#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace vlmptq::ui {

MuGridEditor::MuGridEditor(QWidget* parent)
    : QWidget(parent), m_from(new QDoubleSpinBox(this)), m_to(new QDoubleSpinBox(this)),
      m_steps(new QSpinBox(this)), m_chips(new QWidget(this)) {
    for (QDoubleSpinBox* spin : {m_from, m_to}) {
        spin->setRange(0, 1);
        spin->setSingleStep(0.1);
        spin->setDecimals(2);
    }
    m_to->setValue(1);
    m_steps->setRange(1, kMaxMuSteps);
    m_from->setAccessibleName(tr("Smallest μ"));
    m_to->setAccessibleName(tr("Largest μ"));
    m_steps->setAccessibleName(tr("Steps of the μ grid"));
    setFocusProxy(m_from);

    auto* row = new QWidget(this);
    auto* flow = new FlowLayout(row);
    const auto addLabelled = [&](const QString& text, QWidget* field) {
        auto* label = new QLabel(text, row);
        label->setBuddy(field);
        flow->addWidget(label);
        flow->addWidget(field);
    };
    addLabelled(tr("from"), m_from);
    addLabelled(tr("to"), m_to);
    addLabelled(tr("steps"), m_steps);
    for (const int steps : {6, 11}) {
        auto* pick = new QPushButton(tr("%1 values").arg(steps), row);
        pick->setObjectName(QStringLiteral("muGrid%1").arg(steps));
        pick->setToolTip(tr("%1 values from 0 (text only) to 1 (vision only)").arg(steps));
        connect(pick, &QPushButton::clicked, this, [this, steps] { take(muGrid(0, 1, steps)); });
        flow->addWidget(pick);
    }
    new FlowLayout(m_chips, 4);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(row);
    column->addWidget(m_chips);
    connect(m_from, &QDoubleSpinBox::valueChanged, this, &MuGridEditor::makeFromSpins);
    connect(m_to, &QDoubleSpinBox::valueChanged, this, &MuGridEditor::makeFromSpins);
    connect(m_steps, &QSpinBox::valueChanged, this, &MuGridEditor::makeFromSpins);
}

void MuGridEditor::setValues(const std::vector<double>& values) {
    if (values == m_values)
        return;
    m_values = values;
    const QSignalBlocker from(m_from), to(m_to), steps(m_steps);
    if (!values.empty()) {
        m_from->setValue(*std::ranges::min_element(values));
        m_to->setValue(*std::ranges::max_element(values));
        m_steps->setValue(int(values.size()));
    }
    showChips();
}

void MuGridEditor::makeFromSpins() { take(muGrid(m_from->value(), m_to->value(), m_steps->value())); }

void MuGridEditor::take(std::vector<double> values) {
    setValues(values);
    Q_EMIT edited();
}

void MuGridEditor::showChips() {
    while (QLayoutItem* item = m_chips->layout()->takeAt(0)) {
        item->widget()->deleteLater(); // it may be the chip whose click is being handled
        item->widget()->hide();
        delete item;
    }
    for (const double value : m_values) {
        auto* chip = new QToolButton(m_chips);
        chip->setText(QLocale().toString(value, 'g', 3) + QStringLiteral(" \u00d7"));
        chip->setToolTip(tr("Take μ = %1 out of the grid").arg(QLocale().toString(value, 'g', 3)));
        chip->setAccessibleName(chip->toolTip());
        chip->setEnabled(m_values.size() > 1);
        connect(chip, &QToolButton::clicked, this, [this, value] {
            auto values = m_values;
            std::erase(values, value);
            take(std::move(values));
        });
        m_chips->layout()->addWidget(chip);
        chip->show();
    }
    m_chips->updateGeometry();
}

}
