// method_colors.h - the one palette of the methods (interface.md 9): what a new run is stored with and what
// the Studio draws. A method without a colour of its own gets one from its place in the registry. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace vlmptq {

// 0xrrggbb: on light and on dark backgrounds. `place`: the methods with their own colours are numbered, so
// that symbol and dash can tell apart what the colour does; any number >= 0.
struct MethodColors {
    std::uint32_t light = 0, dark = 0;
    int place = 0;
};

MethodColors methodColors(std::string_view method);
bool isMethodColor(std::uint32_t color);    // of the palette, in either form: not chosen by a user
std::string colorText(std::uint32_t color); // "#00604a"

}
