#include "ui/theme/icons.h"

#include "ui/theme/glyphs.h"

#include <QApplication>
#include <QIconEngine>
#include <QPainter>

namespace vlmptq::ui {
namespace {

constexpr qreal kGrid = 24, kPen = 1.8;

const ThemeColors& currentColors() {
    const QPalette palette = QApplication::palette();
    const bool isDark =
        palette.color(QPalette::WindowText).lightness() > palette.color(QPalette::Window).lightness();
    return isDark ? ThemeColors::dark() : ThemeColors::light();
}

QColor inkColor(Ink ink) {
    const ThemeColors& colors = currentColors();
    switch (ink) {
    case Ink::Text:
        return colors.text;
    case Ink::Muted:
        return colors.muted;
    case Ink::Accent:
        return colors.accent;
    case Ink::OnAccent:
        return colors.onAccent;
    case Ink::Note:
        return colors.note;
    case Ink::Warning:
        return colors.warning;
    case Ink::Error:
        return colors.error;
    case Ink::Success:
        return colors.success;
    }
    return colors.text;
}

class GlyphEngine : public QIconEngine {
public:
    GlyphEngine(Glyph glyph, Ink ink) : m_glyph(glyph), m_ink(ink) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        const qreal side = std::min(rect.width(), rect.height());
        QColor color = inkColor(m_ink);
        if (mode == QIcon::Disabled)
            color.setAlphaF(0.4f);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->translate(rect.x() + (rect.width() - side) / 2, rect.y() + (rect.height() - side) / 2);
        painter->scale(side / kGrid, side / kGrid);
        painter->strokePath(outline(m_glyph).stroked,
                            QPen(color, kPen, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter->fillPath(outline(m_glyph).filled, color);
        painter->restore();
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }

    QIconEngine* clone() const override { return new GlyphEngine(*this); }

private:
    Glyph m_glyph;
    Ink m_ink;
};

}

QIcon icon(Glyph glyph, Ink ink) { return QIcon(new GlyphEngine(glyph, ink)); }

QIcon runStateIcon(store::RunState state) {
    switch (state) {
    case store::RunState::Queued:
        return icon(Glyph::Clock, Ink::Muted);
    case store::RunState::Running:
        return icon(Glyph::Play, Ink::Accent);
    case store::RunState::Paused:
        return icon(Glyph::Pause, Ink::Accent);
    case store::RunState::Stopped:
        return icon(Glyph::Stop, Ink::Muted);
    case store::RunState::Interrupted:
        return icon(Glyph::Bolt, Ink::Warning);
    case store::RunState::Finished:
        return icon(Glyph::Check, Ink::Success);
    case store::RunState::FinishedWithWarnings:
        return icon(Glyph::Warning, Ink::Warning);
    case store::RunState::Failed:
        return icon(Glyph::Cross, Ink::Error);
    }
    return {};
}

QIcon applicationIcon() {
    QIcon result;
    for (const int side : {16, 24, 32, 48, 64, 128}) {
        QPixmap pixmap(side, side);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.scale(side / 24.0, side / 24.0);
        painter.setPen(Qt::NoPen);
        painter.setBrush(ThemeColors::light().method("vlmptq").color);
        painter.drawRoundedRect(QRectF(1, 1, 22, 22), 5, 5);
        painter.setBrush(Qt::white); // a curve that has become steps
        for (const auto& step : {QRectF(4.5, 14.5, 4, 5), QRectF(10, 9.5, 4, 10), QRectF(15.5, 4.5, 4, 15)})
            painter.drawRect(step);
        result.addPixmap(pixmap);
    }
    return result;
}

}
