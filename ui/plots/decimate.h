// decimate.h - thins what cannot be told apart on the screen (more than 2,000 points cost more than a frame).
// Keeps the smallest and largest value of every pixel column. Pure.
#pragma once
#include <cstddef>
#include <functional>
#include <span>
#include <utility>
#include <vector>

namespace vlmptq::ui {

inline constexpr std::size_t kDecimateAbove = 2'000;

// Indices to keep, ascending, of points whose pixel column is `column(i)`; what lies outside counts as one
// column. x ascending. NaN in y is kept once per column, so that gaps stay gaps.
std::vector<std::size_t> decimateLine(std::span<const double> y,
                                      const std::function<double(std::size_t)>& column, int columns);

// Indices of one point per cell of the grid `cell(i)` (column, row), the first of each.
std::vector<std::size_t> decimateCells(std::size_t count,
                                       const std::function<std::pair<int, int>(std::size_t)>& cell);

}
