#include "ui/widgets/empty_state.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace vlmptq::ui {

EmptyState::EmptyState(const QString& sentence, const QString& hint, QWidget* parent)
    : QWidget(parent), m_sentence(new QLabel(this)), m_hint(new QLabel(this)), m_buttons(new QVBoxLayout) {
    QFont font = m_sentence->font();
    font.setWeight(QFont::DemiBold);
    m_sentence->setFont(font);
    m_hint->setProperty("muted", true);
    for (QLabel* label : {m_sentence, m_hint}) {
        label->setAlignment(Qt::AlignCenter);
        label->setWordWrap(true);
    }
    setSentence(sentence);
    setHint(hint);

    auto* column = new QVBoxLayout(this);
    column->addStretch(2);
    column->addWidget(m_sentence);
    column->addWidget(m_hint);
    column->addSpacing(8);
    column->addLayout(m_buttons);
    column->addStretch(3);
}

void EmptyState::setSentence(const QString& sentence) {
    m_sentence->setText(sentence);
    setAccessibleName(sentence);
}

void EmptyState::setHint(const QString& hint) {
    m_hint->setText(hint);
    m_hint->setVisible(!hint.isEmpty());
}

QPushButton* EmptyState::addButton(const QString& text, const QString& objectName) {
    auto* button = new QPushButton(text, this);
    button->setObjectName(objectName);
    m_buttons->addWidget(button, 0, Qt::AlignHCenter);
    return button;
}

}
