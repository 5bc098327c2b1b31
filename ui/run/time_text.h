// time_text.h - a time left as people say it (interface.md 5): under a minute in words, under ten minutes in
// minutes, then in steps of five, with its spread where that is worth a word.
#pragma once
#include <QString>

namespace vlmptq::ui {

QString timeLeftText(double seconds, double spread = 0); // "about 12 min (±2)"

}
