#include "ui/setup/setup_form.h"

#include <QVBoxLayout>

namespace vlmptq::ui {

SetupForm::SetupForm(const QString& title, QWidget* parent)
    : Card(title, parent), m_grid(new FormGrid(this)) {
    content()->addWidget(m_grid);
}

bool SetupForm::showCheck(const Check& check) {
    if (!m_grid->hasField(check.field))
        return false;
    if (check.severity != Severity::Note) {
        m_grid->setMessage(check.field, check.severity, check.sentence);
        if (check.severity == Severity::Error)
            reveal(check.field);
    }
    return true;
}

void SetupForm::clearMessages() { m_grid->clearMessages(); }

bool SetupForm::focusField(const QString& field) {
    if (!m_grid->hasField(field))
        return false;
    reveal(field);
    return m_grid->focusField(field);
}

}
