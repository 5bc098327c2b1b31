#include "ui/problem.h"

#include "ui/qt_text.h"

namespace vlmptq::ui {

Problem Problem::from(const Error& error) {
    return {.id = text(error.id()),
            .sentence = QString::fromUtf8(error.what()),
            .hint = text(error.hint()),
            .isStop = error.kind() == ErrorKind::Stopped};
}

Problem Problem::from(const std::exception& exception) {
    if (const auto* error = dynamic_cast<const Error*>(&exception))
        return from(*error);
    return {.sentence = QString::fromUtf8(exception.what())};
}

QString Problem::message() const { return hint.isEmpty() ? sentence : sentence + QLatin1Char(' ') + hint; }

QString Problem::copyText() const {
    QString all = id.isEmpty() ? message() : id + QStringLiteral(": ") + message();
    if (!details.isEmpty())
        all += QStringLiteral("\n\n") + details;
    return all;
}

}
