#include "ui/setup/checks_list.h"

#include "ui/widgets/severity.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace vlmptq::ui {

ChecksList::ChecksList(QWidget* parent) : Card(tr("Checks"), parent), m_rows(new QWidget(this)) {
    setObjectName(QStringLiteral("checks"));
    auto* column = new QVBoxLayout(m_rows);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    content()->addWidget(m_rows);
}

void ChecksList::setChecks(std::vector<Check> checks) {
    const auto isSame = [](const Check& a, const Check& b) {
        return a.severity == b.severity && a.field == b.field && a.sentence == b.sentence &&
               a.fixText == b.fixText;
    };
    if (std::ranges::equal(checks, m_checks, isSame))
        return; // keeps the focus on its buttons while typing
    m_checks = std::move(checks);
    while (QLayoutItem* item = m_rows->layout()->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater(); // it may be the one whose button was clicked
        delete item;
    }
    for (const Check& check : m_checks)
        m_rows->layout()->addWidget(makeRow(check));
}

QWidget* ChecksList::makeRow(const Check& check) {
    auto* row = new QWidget(m_rows);
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    auto* mark = new QLabel(row);
    const int side = fontMetrics().height();
    const QIcon markIcon =
        check.severity == Severity::Note ? icon(Glyph::Check, Ink::Success) : severityIcon(check.severity);
    mark->setPixmap(markIcon.pixmap(QSize(side, side), devicePixelRatioF()));
    line->addWidget(mark, 0, Qt::AlignTop);
    auto* sentence = new QLabel(check.sentence, row);
    sentence->setWordWrap(true);
    sentence->setAccessibleName(
        (check.severity == Severity::Note ? tr("Fine") : severityWord(check.severity)) +
        QStringLiteral(": ") + check.sentence);
    line->addWidget(sentence, 1);
    if (check.severity != Severity::Note && !check.field.isEmpty()) {
        auto* show = new QPushButton(tr("Show"), row);
        show->setObjectName(QStringLiteral("show_") + check.field);
        show->setAccessibleName(tr("Show the field: %1").arg(check.sentence));
        connect(show, &QPushButton::clicked, this,
                [this, field = check.field] { Q_EMIT showRequested(field); });
        line->addWidget(show, 0, Qt::AlignTop);
    }
    if (check.fix && !check.fixText.isEmpty()) {
        auto* fix = new QPushButton(check.fixText, row);
        fix->setObjectName(QStringLiteral("fix_") + check.field);
        connect(fix, &QPushButton::clicked, this,
                [this, remedy = check.fix] { Q_EMIT fixRequested(remedy); });
        line->addWidget(fix, 0, Qt::AlignTop);
    }
    return row;
}

}
