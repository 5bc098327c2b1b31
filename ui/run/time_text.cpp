#include "ui/run/time_text.h"

#include "ui/qt_text.h"

#include <QCoreApplication>

#include <cmath>

namespace vlmptq::ui {
namespace {

QString tr(const char* source) { return QCoreApplication::translate("TimeLeft", source); }

}

QString timeLeftText(double seconds, double spread) {
    if (seconds < 60)
        return tr("less than a minute");
    double minutes = std::round(seconds / 60);
    if (minutes >= 10)
        minutes = std::round(minutes / 5) * 5;
    const QString amount = minutes < 120 ? tr("about %1 min").arg(countText(std::int64_t(minutes)))
                                         : tr("about %1 h").arg(fixedText(minutes / 60, 1));
    const auto spreadMinutes = std::int64_t(std::round(spread / 60));
    if (spreadMinutes < 1)
        return amount;
    //: %1 "about 12 min", %2 spread in minutes
    return tr("%1 (±%2)").arg(amount, countText(spreadMinutes));
}

}
