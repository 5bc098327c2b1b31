// style_sheet.h - the few rules Fusion and the palette cannot express: flat tabs, primary buttons, dock
// titles, headers.
#pragma once
#include "ui/theme/theme_colors.h"

namespace vlmptq::ui {

QString styleSheet(const ThemeColors&);

}
