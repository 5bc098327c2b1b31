#include "ui/widgets/form_grid.h"

#include "ui/widgets/severity.h"

#include <QGridLayout>
#include <QLabel>

namespace vlmptq::ui {

FormGrid::FormGrid(QWidget* parent) : QWidget(parent), m_grid(new QGridLayout(this)) {
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(12);
    m_grid->setVerticalSpacing(4);
    m_grid->setColumnStretch(1, 1);
}

void FormGrid::addRow(const QString& field, const QString& labelText, QWidget* editor,
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

    const int row = m_grid->rowCount();
    m_grid->addWidget(label, row, 0, Qt::AlignLeft | Qt::AlignVCenter);
    m_grid->addWidget(editor, row, 1);
    m_grid->addWidget(message, row + 1, 1);
    m_rows.insert(field, {label, editor, message});
}

void FormGrid::addWide(QWidget* widget) { m_grid->addWidget(widget, m_grid->rowCount(), 0, 1, 2); }

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
