#include "engine/rotation/hadamard.h"

#include "engine/core/error.h"

#include <numeric>
#include <optional>

namespace vlmptq::rotation {
namespace {

bool isPowerOfTwo(std::int64_t n) { return n > 0 && (n & (n - 1)) == 0; }

bool isPrime(std::int64_t n) {
    if (n < 2)
        return false;
    for (std::int64_t d = 2; d * d <= n; ++d)
        if (n % d == 0)
            return false;
    return true;
}

// GF(p), GF(p^2) or GF(p^3) as polynomials modulo x^degree - residue; element index a0 + a1 p + a2 p^2.
struct Field {
    std::int64_t prime = 0;
    int degree = 1;
    std::int64_t residue = 0;

    std::int64_t size() const {
        std::int64_t elements = 1;
        for (int i = 0; i < degree; ++i)
            elements *= prime;
        return elements;
    }

    std::int64_t subtract(std::int64_t a, std::int64_t b) const {
        std::int64_t difference = 0;
        for (std::int64_t place = 1; place < size(); place *= prime)
            difference += (a / place % prime - b / place % prime + prime) % prime * place;
        return difference;
    }

    std::int64_t square(std::int64_t a) const {
        std::int64_t digits[3] = {a % prime, a / prime % prime, a / prime / prime % prime}, sums[5] = {};
        for (int i = 0; i < degree; ++i)
            for (int j = 0; j < degree; ++j)
                sums[i + j] += digits[i] * digits[j];
        for (int k = 4; k >= degree; --k) // x^degree = residue
            sums[k - degree] += sums[k] * residue;
        std::int64_t result = 0;
        for (int i = degree - 1; i >= 0; --i)
            result = result * prime + sums[i] % prime;
        return result;
    }
};

std::optional<Field> fieldOf(std::int64_t size) {
    if (isPrime(size))
        return Field{.prime = size};
    if (size == 25)
        return Field{.prime = 5, .degree = 2, .residue = 2};
    if (size == 343)
        return Field{.prime = 7, .degree = 3, .residue = 2};
    return std::nullopt;
}

enum class Paley { One, Two };

struct PaleyForm {
    Paley kind;
    Field field;
};

std::optional<PaleyForm> paleyForm(std::int64_t order) {
    if (order % 4 != 0)
        return std::nullopt;
    if (const auto field = fieldOf(order - 1); field && (order - 1) % 4 == 3)
        return PaleyForm{Paley::One, *field};
    const std::int64_t half = order / 2 - 1;
    if (const auto field = fieldOf(half); field && half % 4 == 1)
        return PaleyForm{Paley::Two, *field};
    return std::nullopt;
}

struct Signs {
    std::int64_t order;
    std::vector<std::int8_t> values;
    explicit Signs(std::int64_t n) : order(n), values(static_cast<std::size_t>(n * n)) {}
    std::int8_t& at(std::int64_t row, std::int64_t column) {
        return values[static_cast<std::size_t>(row * order + column)];
    }
};

// [[0, 1^T], [corner, Q]] with Q_ab = chi(a - b), the quadratic character.
Signs borderedCharacters(const Field& field, std::int8_t corner) {
    const std::int64_t q = field.size();
    std::vector<std::int8_t> character(static_cast<std::size_t>(q), -1);
    for (std::int64_t a = 1; a < q; ++a)
        character[static_cast<std::size_t>(field.square(a))] = 1;
    character[0] = 0;
    Signs s(q + 1);
    for (std::int64_t a = 0; a < q; ++a) {
        s.at(0, a + 1) = 1;
        s.at(a + 1, 0) = corner;
        for (std::int64_t b = 0; b < q; ++b)
            s.at(a + 1, b + 1) = character[static_cast<std::size_t>(field.subtract(a, b))];
    }
    return s;
}

std::vector<std::int8_t> paleyOne(const Field& field) {
    Signs s = borderedCharacters(field, -1);
    for (std::int64_t i = 0; i < s.order; ++i)
        s.at(i, i) += 1;
    return s.values;
}

std::vector<std::int8_t> paleyTwo(const Field& field) {
    Signs s = borderedCharacters(field, 1), h(2 * s.order);
    for (std::int64_t i = 0; i < s.order; ++i)
        for (std::int64_t j = 0; j < s.order; ++j) {
            const std::int8_t sign = s.at(i, j), own = i == j ? 1 : 0;
            h.at(2 * i, 2 * j) = static_cast<std::int8_t>(sign + own);
            h.at(2 * i, 2 * j + 1) = h.at(2 * i + 1, 2 * j) = static_cast<std::int8_t>(sign - own);
            h.at(2 * i + 1, 2 * j + 1) = static_cast<std::int8_t>(-sign - own);
        }
    return h.values;
}

std::vector<std::int8_t> sylvester(std::int64_t order) {
    Signs s(order);
    for (std::int64_t i = 0; i < order; ++i)
        for (std::int64_t j = 0; j < order; ++j)
            s.at(i, j) = __builtin_parityll(static_cast<unsigned long long>(i & j)) ? -1 : 1;
    return s.values;
}

std::int64_t sumOf(const std::vector<std::int64_t>& orders) {
    return std::accumulate(orders.begin(), orders.end(), std::int64_t(0));
}

// Twice a base order is that order times Sylvester's: not a base order of its own.
bool isBaseOrder(std::int64_t order) {
    if (isPowerOfTwo(order) || !hasPaleyForm(order))
        return false;
    for (std::int64_t half = order; half % 8 == 0;)
        if (hasPaleyForm(half /= 2))
            return false;
    return true;
}

// Completes `chosen` by base orders from `from` on, and `rest` by what remains; keeps the smallest sum.
void search(std::int64_t rest, std::int64_t from, std::vector<std::int64_t>& chosen,
            std::vector<std::int64_t>& best) {
    if (isPowerOfTwo(rest)) {
        chosen.push_back(rest);
        if (best.empty() || sumOf(chosen) < sumOf(best))
            best = chosen;
        chosen.pop_back();
        return;
    }
    for (std::int64_t order = from; order <= rest; order += 4) {
        if (rest % order != 0 || !isBaseOrder(order))
            continue;
        chosen.push_back(order);
        search(rest / order, order, chosen, best);
        chosen.pop_back();
    }
}

}

bool hasPaleyForm(std::int64_t order) { return paleyForm(order).has_value(); }

std::vector<std::int8_t> hadamardMatrix(std::int64_t order) {
    if (isPowerOfTwo(order))
        return sylvester(order);
    const auto form = paleyForm(order);
    VLMPTQ_CHECK(form, "an order without a construction: " + std::to_string(order));
    return form->kind == Paley::One ? paleyOne(form->field) : paleyTwo(form->field);
}

std::vector<std::int64_t> hadamardFactors(std::int64_t size) {
    std::vector<std::int64_t> chosen, best;
    search(size, 12, chosen, best);
    return best;
}

}
