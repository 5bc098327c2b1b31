// named.h - enumerations with names: the names of enum values 0, 1, ... in a table, and the way back. Pure.
#pragma once
#include "engine/core/error.h"
#include "engine/core/text.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace vlmptq {

template <class Enum, std::size_t N>
Enum enumNamed(const std::array<std::string_view, N>& names, std::string_view name, const char* option) {
    for (std::size_t i = 0; i < N; ++i)
        if (names[i] == name)
            return static_cast<Enum>(i);
    throw Error(ErrorKind::BadOption, "E-OPT-01",
                std::string(option) + " '" + std::string(name) + "' is not known.",
                knownNamesHint(name, {names.begin(), names.end()}));
}

}
