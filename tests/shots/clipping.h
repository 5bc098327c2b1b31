// clipping.h - finds text that does not fit its widget: labels and buttons smaller than they ask for.
#pragma once
#include <QStringList>

class QWidget;

namespace vlmptq::test {

QStringList clippedTexts(const QWidget& window);

}
