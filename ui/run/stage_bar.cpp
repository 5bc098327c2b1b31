#include "ui/run/stage_bar.h"

#include "ui/qt_text.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QCoreApplication>
#include <QPainter>

namespace vlmptq::ui {
namespace {
constexpr int kGap = 8, kBar = 6;
}

QString stageText(Stage stage) {
    switch (stage) {
    case Stage::Load:
        return QCoreApplication::translate("Stage", "Load");
    case Stage::Calibrate:
        return QCoreApplication::translate("Stage", "Calibrate");
    case Stage::Quantize:
        return QCoreApplication::translate("Stage", "Quantize");
    case Stage::Save:
        return QCoreApplication::translate("Stage", "Save");
    case Stage::Evaluate:
        return QCoreApplication::translate("Stage", "Evaluate");
    case Stage::Export:
        return QCoreApplication::translate("Stage", "Export");
    }
    return {};
}

StageBar::StageBar(const Context& context, QWidget* parent) : QWidget(parent), m_context(context) {
    setObjectName(QStringLiteral("stageBar"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(context.theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void StageBar::setItems(std::vector<Item> items) {
    m_items = std::move(items);
    QStringList words;
    for (const Item& item : m_items) {
        QString word = stageText(item.stage);
        if (item.state == StageState::Done)
            word += QStringLiteral(" ") + tr("done");
        if (item.state == StageState::Active && item.share)
            word += QLatin1Char(' ') + percentText(*item.share);
        words << word;
    }
    setAccessibleName(tr("Stages: %1").arg(words.join(QStringLiteral(", "))));
    update();
}

void StageBar::setProblem(bool failed) {
    m_failed = failed;
    update();
}

QSize StageBar::sizeHint() const {
    return {fontMetrics().averageCharWidth() * 70, fontMetrics().height() + kBar + 3 * 4};
}

void StageBar::paintEvent(QPaintEvent*) {
    if (m_items.empty())
        return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double width = (this->width() - kGap * double(m_items.size() - 1)) / double(m_items.size());
    for (std::size_t i = 0; i < m_items.size(); ++i)
        paintItem(painter, QRectF(double(i) * (width + kGap), 0, width, height()), m_items[i]);
}

void StageBar::paintItem(QPainter& painter, const QRectF& area, const Item& item) const {
    const ThemeColors& colors = m_context.theme->colors();
    const int line = fontMetrics().height();
    const bool isActive = item.state == StageState::Active, isDone = item.state == StageState::Done;
    const QColor ink = isActive && m_failed ? colors.error
                       : isActive           ? colors.accent
                       : isDone             ? colors.success
                                            : colors.border;

    QFont font = this->font();
    font.setWeight(isActive ? QFont::DemiBold : QFont::Normal);
    painter.setFont(font);
    painter.setPen(item.state == StageState::Waiting ? colors.muted : colors.text);
    const auto fits = [&](const QString& words, double room) {
        return painter.fontMetrics().horizontalAdvance(words) <= room;
    };
    QRectF label(area.left(), area.top(), area.width(), line + 4);
    const bool hasMark = isDone || (isActive && m_failed);
    if (hasMark &&
        fits(stageText(item.stage), label.width() - line - 4)) { // in a narrow window the bar alone says it
        icon(isDone ? Glyph::Check : Glyph::Cross, isDone ? Ink::Success : Ink::Error)
            .paint(&painter, QRect(label.topLeft().toPoint(), QSize(line, line)));
        label.adjust(line + 4, 0, 0, 0);
    }
    QString words = stageText(item.stage);
    if (isActive && item.share && fits(words + QLatin1Char(' ') + percentText(*item.share), label.width()))
        words += QLatin1Char(' ') + percentText(*item.share);
    painter.drawText(label, Qt::AlignLeft | Qt::AlignTop | Qt::TextSingleLine,
                     painter.fontMetrics().elidedText(words, Qt::ElideRight, int(label.width())));

    const QRectF bar(area.left(), area.top() + line + 6, area.width(), kBar);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colors.grid);
    painter.drawRoundedRect(bar, kBar / 2.0, kBar / 2.0);
    const double share = isDone ? 1 : isActive ? item.share.value_or(0) : 0;
    if (share <= 0)
        return;
    painter.setBrush(ink);
    painter.drawRoundedRect(
        QRectF(bar.left(), bar.top(), std::max<double>(kBar, bar.width() * share), bar.height()), kBar / 2.0,
        kBar / 2.0);
}

}
