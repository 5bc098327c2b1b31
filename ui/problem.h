// problem.h - something the user has to know, ready to be shown: one sentence, what to do, and the long text
// behind "Details" (interface.md 8). A value; any thread.
#pragma once
#include "engine/core/error.h"

#include <QMetaType>
#include <QString>

namespace vlmptq::ui {

enum class Severity { Note, Warning, Error };

struct Problem {
    Severity severity = Severity::Error;
    QString id{};        // "E-CKPT-03", found in the manual
    QString sentence{};  // what happened, with names and numbers
    QString hint{};      // what to do
    QString details{};   // the long text; may be empty
    bool isStop = false; // the user stopped it: nothing to report

    static Problem from(const Error&);
    static Problem from(const std::exception&); // an Error keeps its id and hint
    QString message() const;                    // sentence and hint
    QString copyText() const;                   // everything, for a bug report
};

}

Q_DECLARE_METATYPE(vlmptq::ui::Problem)
