#include "ui/widgets/severity.h"

#include <QCoreApplication>
#include <QLabel>
#include <QStyle>

namespace vlmptq::ui {

QString severityMark(Severity severity) {
    switch (severity) {
    case Severity::Note:
        return QStringLiteral("i");
    case Severity::Warning:
        return QStringLiteral("\u25b2");
    case Severity::Error:
        return QStringLiteral("\u2715");
    }
    return {};
}

QString severityWord(Severity severity) {
    switch (severity) {
    case Severity::Note:
        return QCoreApplication::translate("Severity", "Note");
    case Severity::Warning:
        return QCoreApplication::translate("Severity", "Warning");
    case Severity::Error:
        return QCoreApplication::translate("Severity", "Error");
    }
    return {};
}

QIcon severityIcon(Severity severity) {
    switch (severity) {
    case Severity::Note:
        return icon(Glyph::Note, Ink::Note);
    case Severity::Warning:
        return icon(Glyph::Warning, Ink::Warning);
    case Severity::Error:
        return icon(Glyph::Cross, Ink::Error);
    }
    return {};
}

void setSeverity(QLabel* label, Severity severity) {
    static const char* const names[] = {"note", "warning", "error"};
    label->setProperty("severity", QLatin1String(names[int(severity)]));
    label->style()->unpolish(label); // the style sheet reads the property only then
    label->style()->polish(label);
}

}
