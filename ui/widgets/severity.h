// severity.h - how note, warning and error look: mark, word and colour together, so colour is never alone.
#pragma once
#include "ui/problem.h"
#include "ui/theme/icons.h"

class QLabel;

namespace vlmptq::ui {

QString severityMark(Severity); // i ▲ ✕
QString severityWord(Severity); // "Note", "Warning", "Error"
QIcon severityIcon(Severity);
void setSeverity(QLabel*, Severity); // colours the text

}
