// reference.h - the methods once more, slowly, in plain double loops straight from the formulas of method.md:
// what the engine's kernels are compared with. No tensors, no blocking tricks; C and P from their
// definitions, not through O = D L.
#pragma once
#include "engine/core/config.h"

#include <cstdint>
#include <vector>

namespace vlmptq::reference {

struct Matrix {
    std::int64_t rows = 0, columns = 0;
    std::vector<double> values;
    Matrix() = default;
    Matrix(std::int64_t r, std::int64_t c) : rows(r), columns(c), values(static_cast<std::size_t>(r * c)) {}
    double& operator()(std::int64_t r, std::int64_t c) {
        return values[static_cast<std::size_t>(r * columns + c)];
    }
    double operator()(std::int64_t r, std::int64_t c) const {
        return values[static_cast<std::size_t>(r * columns + c)];
    }
};

struct Grid {
    int low, high, steps;
    bool symmetric;
    Grid(int bits, bool isSymmetric);
    double code(double weight, double scale, double zero) const;
    double rounded(double weight, double scale, double zero) const {
        return scale * (code(weight, scale, zero) - zero);
    }
};

struct Range {
    double scale = 0, zero = 0;
};
// Of one row and group; `importance` empty: unweighted.
Range searchRange(const std::vector<double>& weights, const std::vector<double>& importance, const Grid&,
                  double power, bool minMaxOnly);

struct Problem {
    Matrix weight, hessian, cross;  // W, H, D
    std::vector<double> importance; // M, empty: none
    QuantConfig config;
};

struct Solution {
    std::vector<std::int64_t> order; // original column at each position
    Matrix lower, residual;          // L, P; in sweep order
    std::vector<double> correction;  // C; sweep order
    Matrix codes, rounded;           // original order, codes from `low`
    Matrix scale, zero;              // of every column, original order
    std::vector<double> extraLoss;   // original order
};
Solution quantize(const Problem&);

// ||W X~ - W^ X||^2 summed token by token; inputs [T, Ci].
double outputError(const Matrix& weight, const Matrix& rounded, const Matrix& xFull, const Matrix& x);

}
