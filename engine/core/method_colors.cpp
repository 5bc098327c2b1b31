#include "engine/core/method_colors.h"

#include "engine/core/methods.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

namespace vlmptq {
namespace {

constexpr std::array<std::pair<std::string_view, MethodColors>, 6> kPalette{
    {{"vlmptq", {0x00604a, 0x25e0aa, 0}},
     {"rtn", {0x6f7782, 0x9aa3ad, 1}},
     {"gptq", {0xb97700, 0xf0c040, 2}},
     {"gptaq", {0x1f78c8, 0x4d9df0, 3}},
     {"vlmptq_c", {0xa8328c, 0xd65fc8, 4}},
     {"vlmptq_m", {0x8c3b00, 0xd9662c, 5}}}};

constexpr double kGoldenAngle = 137.508; // degrees: hues of neighbours in number lie far apart

// FNV-1a: the same on every machine, unlike std::hash.
std::uint32_t nameHash(std::string_view name) {
    std::uint32_t hash = 2166136261u;
    for (const char c : name)
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
    return hash;
}

// The place in the registry; a method of another version's database gets a number from its name.
int numberOf(std::string_view method) {
    const auto known = methods();
    const auto found = std::find_if(known.begin(), known.end(),
                                    [method](const MethodInfo& info) { return info.name == method; });
    const auto number = static_cast<std::size_t>(found - known.begin());
    return static_cast<int>(number + (found == known.end() ? nameHash(method) % 97 : 0));
}

std::uint32_t fromHsl(double hue, double saturation, double lightness) {
    const auto channel = [&](double shift) {
        const double k = std::fmod(shift + hue / 30, 12);
        const double chroma = saturation * std::min(lightness, 1 - lightness);
        const double value = lightness - chroma * std::clamp(std::min(k - 3, 9 - k), -1.0, 1.0);
        return static_cast<std::uint32_t>(std::lround(value * 255));
    };
    return channel(0) << 16 | channel(8) << 8 | channel(4);
}

}

MethodColors methodColors(std::string_view method) {
    for (const auto& [name, colors] : kPalette)
        if (name == method)
            return colors;
    const int number = numberOf(method);
    const double hue = std::fmod(number * kGoldenAngle, 360);
    return {fromHsl(hue, 0.7, 0.3), fromHsl(hue, 0.7, 0.7), number};
}

bool isMethodColor(std::uint32_t color) {
    return std::any_of(kPalette.begin(), kPalette.end(), [color](const auto& entry) {
        return entry.second.light == color || entry.second.dark == color;
    });
}

std::string colorText(std::uint32_t color) {
    std::array<char, 8> text;
    std::snprintf(text.data(), text.size(), "#%06x", static_cast<unsigned>(color & 0xffffff));
    return text.data();
}

}
