#include "ui/plots/decimate.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <unordered_set>

namespace vlmptq::ui {
namespace {

// The points of one pixel column that stay.
struct Column {
    std::optional<std::size_t> low, high, gap;

    void add(std::span<const double> y, std::size_t i) {
        if (std::isnan(y[i])) {
            gap = i;
            return;
        }
        if (!low || y[i] < y[*low])
            low = i;
        if (!high || y[i] > y[*high])
            high = i;
    }

    void moveTo(std::vector<std::size_t>& kept) {
        const std::size_t begin = kept.size();
        for (auto* index : {&low, &high, &gap})
            if (*index)
                kept.push_back(**index);
        std::sort(kept.begin() + std::ptrdiff_t(begin), kept.end());
        kept.erase(std::unique(kept.begin() + std::ptrdiff_t(begin), kept.end()), kept.end());
        *this = {};
    }
};

}

std::vector<std::size_t> decimateLine(std::span<const double> y,
                                      const std::function<double(std::size_t)>& column, int columns) {
    std::vector<std::size_t> kept;
    Column current;
    double at = NAN;
    for (std::size_t i = 0; i < y.size(); ++i) {
        const double here = std::clamp(std::floor(column(i)), -1.0, double(columns));
        if (here != at)
            current.moveTo(kept);
        at = here;
        current.add(y, i);
    }
    current.moveTo(kept);
    return kept;
}

std::vector<std::size_t> decimateCells(std::size_t count,
                                       const std::function<std::pair<int, int>(std::size_t)>& cell) {
    std::vector<std::size_t> kept;
    std::unordered_set<std::uint64_t> taken;
    for (std::size_t i = 0; i < count; ++i) {
        const auto [column, row] = cell(i);
        if (taken.insert(std::uint64_t(std::uint32_t(column)) << 32 | std::uint32_t(row)).second)
            kept.push_back(i);
    }
    return kept;
}

}
