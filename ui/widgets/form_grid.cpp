#include "ui/widgets/form_grid.h"

#include "ui/widgets/severity.h"

#include <QGridLayout>
#include <QLabel>

namespace vlmptq::ui {

FormGrid::FormGrid(QWidget* parent) : QWidget(parent), m_grid(new QGridLayout(this)) {
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(12);
    m_grid->setVerticalSpacing(4);
    m_grid->setColumnStretch(3, 1);
}

// Label and message of a field; the caller puts them into the grid.
QLabel* FormGrid::addField(const QString& field, const QString& labelText, QWidget* editor,
                           const QString& toolTip) {
    auto* label = new QLabel(labelText, this);
    label->setBuddy(editor);
    label->setToolTip(toolTip);
    editor->setToolTip(toolTip);
    editor->setObjectName(field);
    if (editor->accessibleName().isEmpty())
        editor->setAccessibleName(labelText);
    editor->setAccessibleDescription(toolTip);
    auto* message = new QLabel(this);
    message->setWordWrap(true);
    message->setObjectName(field + QStringLiteral(".message"));
    message->hide();
    m_rows.insert(field, {label, editor, message});
    return label;
}

void FormGrid::addRow(const QString& field, const QString& labelText, QWidget* editor,
                      const QString& toolTip) {
    QLabel* label = addField(field, labelText, editor, toolTip);
    m_lastRow = m_grid->rowCount();
    m_grid->addWidget(label, m_lastRow, 0, Qt::AlignLeft | Qt::AlignVCenter);
    m_grid->addWidget(editor, m_lastRow, 1, 1, 3);
    m_grid->addWidget(m_rows[field].message, m_lastRow + 1, 1, 1, 3);
}

void FormGrid::addBeside(const QString& field, const QString& labelText, QWidget* editor,
                         const QString& toolTip) {
    QLabel* label = addField(field, labelText, editor, toolTip);
    QWidget* before = m_grid->itemAtPosition(m_lastRow, 1)->widget(); // spans the line so far
    m_grid->removeWidget(before);
    m_grid->addWidget(before, m_lastRow, 1, Qt::AlignLeft);
    m_grid->addWidget(label, m_lastRow, 2, Qt::AlignLeft | Qt::AlignVCenter);
    m_grid->addWidget(editor, m_lastRow, 3, Qt::AlignLeft);
    m_grid->addWidget(m_rows[field].message, m_grid->rowCount(), 1, 1, 3);
}

void FormGrid::addWide(QWidget* widget) { m_grid->addWidget(widget, m_grid->rowCount(), 0, 1, 4); }

void FormGrid::setMessage(const QString& field, Severity severity, const QString& sentence) {
    const auto row = m_rows.constFind(field);
    if (row == m_rows.constEnd())
        return;
    setSeverity(row->message, severity);
    row->message->setText(severityMark(severity) + QLatin1Char(' ') + sentence);
    row->message->setVisible(!row->editor->isHidden());
}

void FormGrid::clearMessages() {
    for (const Row& row : std::as_const(m_rows)) {
        row.message->clear();
        row.message->hide();
    }
}

bool FormGrid::focusField(const QString& field) {
    const auto row = m_rows.constFind(field);
    if (row == m_rows.constEnd())
        return false;
    row->editor->setFocus(Qt::OtherFocusReason);
    return true;
}

void FormGrid::setFieldVisible(const QString& field, bool visible) {
    const auto row = m_rows.constFind(field);
    if (row == m_rows.constEnd())
        return;
    row->label->setVisible(visible);
    row->editor->setVisible(visible);
    row->message->setVisible(visible && !row->message->text().isEmpty());
}

}
