#include "ui/theme/glyphs.h"

#include <QHash>
#include <QStringList>

namespace vlmptq::ui {
namespace {

const char* source(Glyph glyph) {
    switch (glyph) {
    case Glyph::File:
        return "M 6 3 L 14 3 L 19 8 L 19 21 L 6 21 Z M 14 3 L 14 8 L 19 8";
    case Glyph::Folder:
        return "M 3 18 L 3 6 L 9 6 L 11.5 8.5 L 21 8.5 L 21 18 Z";
    case Glyph::Open:
        return "M 3 18 L 3 6 L 9 6 L 11.5 8.5 L 19 8.5 L 19 11 M 3 18 L 6.5 11 L 22 11 L 18.5 18 Z";
    case Glyph::Database:
        return "M 5 6 L 5 18 L 8 20 L 16 20 L 19 18 L 19 6 L 16 4 L 8 4 Z M 5 6 L 8 8 L 16 8 L 19 6 M 5 12 L "
               "8 14 L 16 14 L 19 12";
    case Glyph::Play:
        return "F M 7 4.5 L 19 12 L 7 19.5 Z";
    case Glyph::Pause:
        return "F M 6.5 5 L 10 5 L 10 19 L 6.5 19 Z M 14 5 L 17.5 5 L 17.5 19 L 14 19 Z";
    case Glyph::Stop:
        return "F M 6 6 L 18 6 L 18 18 L 6 18 Z";
    case Glyph::Search:
        return "O 10.5 10.5 6 M 15 15 L 20.5 20.5";
    case Glyph::Trash:
        return "M 4 6.5 L 20 6.5 M 9 6.5 L 9 4 L 15 4 L 15 6.5 M 6 6.5 L 7 20 L 17 20 L 18 6.5 M 10 10 L "
               "10.3 16.5 M 14 10 L 13.7 16.5";
    case Glyph::Pencil:
        return "M 4 20 L 5 15.5 L 16 4.5 L 19.5 8 L 8.5 19 Z M 13.5 7 L 17 10.5";
    case Glyph::Copy:
        return "M 8.5 8.5 L 20 8.5 L 20 20 L 8.5 20 Z M 15.5 8.5 L 15.5 4 L 4 4 L 4 15.5 L 8.5 15.5";
    case Glyph::Export:
        return "M 12 15 L 12 3.5 M 7.5 8 L 12 3.5 L 16.5 8 M 4 14 L 4 20 L 20 20 L 20 14";
    case Glyph::Back:
        return "M 20 12 L 4.5 12 M 11 5.5 L 4.5 12 L 11 18.5";
    case Glyph::Forward:
        return "M 4 12 L 19.5 12 M 13 5.5 L 19.5 12 L 13 18.5";
    case Glyph::Close:
        return "M 6 6 L 18 18 M 18 6 L 6 18";
    case Glyph::Check:
        return "M 4.5 12.5 L 9.5 17.5 L 19.5 6.5";
    case Glyph::Cross:
        return "O 12 12 9 M 8.5 8.5 L 15.5 15.5 M 15.5 8.5 L 8.5 15.5";
    case Glyph::Warning:
        return "M 12 3.5 L 21.5 20 L 2.5 20 Z M 12 9.5 L 12 14.5 D 12 17.2 0.7";
    case Glyph::Note:
        return "O 12 12 9 M 12 11 L 12 16.5 D 12 7.8 0.7";
    case Glyph::Clock:
        return "O 12 12 9 M 12 6.5 L 12 12 L 16 14";
    case Glyph::Bolt:
        return "F M 13.5 2.5 L 5 13.5 L 11 13.5 L 10 21.5 L 19 10 L 12.7 10 Z";
    case Glyph::Chart:
        return "M 4 4 L 4 20 L 20.5 20 M 7 15.5 L 11 10.5 L 14.5 13 L 20 6";
    case Glyph::Image:
        return "M 3.5 5 L 20.5 5 L 20.5 19 L 3.5 19 Z M 3.5 16.5 L 9 11 L 13 15 L 16 12.5 L 20.5 16.5 O 15.5 "
               "9 1.5";
    case Glyph::Plus:
        return "M 12 4.5 L 12 19.5 M 4.5 12 L 19.5 12";
    case Glyph::Refresh:
        return "M 19.5 12 L 18.9 15 L 16.9 17.9 L 13.8 19.4 L 10.2 19.4 L 6.8 17.6 L 4.8 14.4 L 4.5 10.8 L 6 "
               "7.5 L 9 5.1 L 12.5 4.5 L 16 5.6 L 19 8.5 M 19.3 4 L 19.3 8.8 L 14.6 8.8";
    }
    return "";
}

GlyphOutline parsed(const char* text) {
    GlyphOutline outline;
    const QStringList words = QString::fromLatin1(text).split(QLatin1Char(' '), Qt::SkipEmptyParts);
    const bool isFilled = !words.isEmpty() && words.front() == QLatin1String("F");
    QPainterPath& path = isFilled ? outline.filled : outline.stroked;
    const auto number = [&words](int at) { return words[at].toDouble(); };
    for (int i = isFilled ? 1 : 0; i < words.size();) {
        const char command = words[i].at(0).toLatin1();
        switch (command) {
        case 'M':
            path.moveTo(number(i + 1), number(i + 2));
            i += 3;
            break;
        case 'L':
            path.lineTo(number(i + 1), number(i + 2));
            i += 3;
            break;
        case 'Z':
            path.closeSubpath();
            i += 1;
            break;
        case 'O':
        case 'D':
            (command == 'D' ? outline.filled : path)
                .addEllipse(QPointF(number(i + 1), number(i + 2)), number(i + 3), number(i + 3));
            i += 4;
            break;
        default:
            return outline;
        }
    }
    return outline;
}

}

const GlyphOutline& outline(Glyph glyph) {
    static QHash<int, GlyphOutline> cache;
    const auto found = cache.constFind(int(glyph));
    if (found != cache.constEnd())
        return *found;
    return *cache.insert(int(glyph), parsed(source(glyph)));
}

}
