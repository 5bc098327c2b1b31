#include "engine/core/methods.h"
#include "ui/theme/glyphs.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QSignalSpy>
#include <QtTest>

#include <set>

using namespace vlmptq::ui;

class ThemeTest : public QObject {
    Q_OBJECT
    static void forBoth(const std::function<void(const ThemeColors&)>& test) {
        test(ThemeColors::light());
        test(ThemeColors::dark());
    }
    static std::vector<std::string> knownMethodsAndANewOne() {
        std::vector<std::string> names{"a-method-of-tomorrow"};
        for (const vlmptq::MethodInfo& method : vlmptq::methods())
            names.emplace_back(method.name);
        return names;
    }
private Q_SLOTS:
    void textIsReadable() {
        forBoth([](const ThemeColors& c) {
            for (const QColor& background : {c.window, c.base, c.alternate, c.card})
                for (const QColor& ink : {c.text, c.muted, c.error, c.warning, c.accent, c.success})
                    QVERIFY2(contrast(ink, background) >= 4.5,
                             qPrintable(ink.name() + QStringLiteral(" on ") + background.name()));
            QVERIFY(contrast(c.onAccent, c.accent) >= 4.5);
            QVERIFY(contrast(c.text, c.selection) >= 4.5);
        });
    }
    void paletteTextIsReadable() {
        forBoth([](const ThemeColors& c) {
            const QPalette p = c.palette();
            QVERIFY(contrast(p.color(QPalette::HighlightedText), p.color(QPalette::Highlight)) >= 4.5);
            QVERIFY(contrast(p.color(QPalette::ButtonText), p.color(QPalette::Button)) >= 4.5);
            QVERIFY(contrast(p.color(QPalette::ToolTipText), p.color(QPalette::ToolTipBase)) >= 4.5);
            QVERIFY(contrast(p.color(QPalette::PlaceholderText), p.color(QPalette::Base)) >= 4.5);
        });
    }
    void linesAndSymbolsStandOut() {
        forBoth([](const ThemeColors& c) {
            for (const std::string& method : knownMethodsAndANewOne())
                for (int variant = 0; variant < 4; ++variant)
                    QVERIFY2(contrast(c.run({}, method, variant).color, c.base) >= 3.0, method.c_str());
            QVERIFY(contrast(c.vision, c.base) >= 3.0);
            QVERIFY(contrast(c.language, c.base) >= 3.0);
        });
    }
    void aColourOfTheUserIsKeptReadable() {
        forBoth(
            [](const ThemeColors& c) { QVERIFY(contrast(c.run("#808080", "gptq").color, c.base) >= 3.0); });
        QCOMPARE(ThemeColors::light().run("#aa0000", "gptq").color, QColor(0xaa0000));
    }
    void theMethodsColourFollowsTheTheme() {
        for (const std::string& method : knownMethodsAndANewOne()) {
            const std::string stored = ThemeColors::light().method(method).color.name().toStdString();
            QCOMPARE(ThemeColors::dark().run(stored, method).color, ThemeColors::dark().method(method).color);
        }
    }
    void everyMethodHasItsOwnSymbolAndColour() {
        std::set<std::pair<int, QRgb>> seen;
        for (const std::string& method : knownMethodsAndANewOne()) {
            const SeriesStyle style = ThemeColors::light().method(method);
            QVERIFY(seen.insert({int(style.symbol), style.color.rgb()}).second);
        }
    }
    void theSequentialMapGetsLighterAllTheWay() {
        double last = -1;
        for (int i = 0; i <= 20; ++i) {
            const double now = contrast(ThemeColors::light().sequential(i / 20.0), Qt::black);
            QVERIFY(now > last);
            last = now;
        }
    }
    void changesPaletteAndFontAtOnce() {
        Theme theme;
        QSignalSpy spy(&theme, &Theme::changed);
        theme.setMode(ThemeMode::Dark);
        QCOMPARE(QApplication::palette().color(QPalette::Window), ThemeColors::dark().window);
        const double before = QApplication::font().pointSizeF();
        theme.setTextPercent(200);
        QVERIFY(qAbs(QApplication::font().pointSizeF() - 2 * before) < 0.1);
        QCOMPARE(spy.count(), 2);
        theme.setTextPercent(100);
    }
    void everyGlyphHasAnOutline() {
        for (int glyph = 0; glyph <= int(Glyph::Refresh); ++glyph) {
            const GlyphOutline& lines = outline(Glyph(glyph));
            QVERIFY(!lines.stroked.isEmpty() || !lines.filled.isEmpty());
            QVERIFY(
                QRectF(0, 0, 24, 24).contains(lines.stroked.boundingRect() | lines.filled.boundingRect()));
        }
    }
};

QTEST_MAIN(ThemeTest)
#include "theme_test.moc"
