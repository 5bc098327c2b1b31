#include "shots/clipping.h"

#include <QAbstractButton>
#include <QLabel>
#include <QToolButton>

namespace vlmptq::test {
namespace {

bool isClipped(const QLabel& label) {
    if (label.text().isEmpty() || label.sizePolicy().horizontalPolicy() == QSizePolicy::Ignored)
        return false;
    if (label.wordWrap())
        return label.heightForWidth(label.width()) > label.height() + 1;
    return label.sizeHint().width() > label.width() + 1 || label.sizeHint().height() > label.height() + 1;
}

bool isClipped(const QAbstractButton& button) {
    if (button.text().isEmpty() || qobject_cast<const QToolButton*>(&button))
        return false;
    return button.sizeHint().width() > button.width() + 1 || button.sizeHint().height() > button.height() + 1;
}

}

QStringList clippedTexts(const QWidget& window) {
    QStringList found;
    for (const auto* label : window.findChildren<QLabel*>())
        if (label->isVisible() && isClipped(*label))
            found << label->text();
    for (const auto* button : window.findChildren<QAbstractButton*>())
        if (button->isVisible() && isClipped(*button))
            found << button->text();
    return found;
}

}
