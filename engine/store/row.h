// row.h - writing a record's fields to a statement and reading them back, in the same order, so that the two
// functions of a table can be compared line by line. Absent values are NULL; a number that is not a number is
// NULL and comes back as NaN.
#pragma once
#include "engine/core/records.h"
#include "engine/store/sqlite.h"

#include <limits>
#include <string>
#include <type_traits>

namespace vlmptq::store {

inline std::string places(int first, int last) { // "?3, ?4, ?5"
    std::string text = "?" + std::to_string(first);
    for (int i = first + 1; i <= last; ++i)
        text.append(", ?").append(std::to_string(i));
    return text;
}

class RowWriter {
public:
    explicit RowWriter(Statement& statement) : m_statement(statement) {}

    template <class Value>
    RowWriter& operator<<(const Value& value) {
        m_statement.bindAt(++m_position, value);
        return *this;
    }
    RowWriter& operator<<(const ErrorByTokens& e) { return *this << e.all << e.vision << e.text << e.answer; }
    RowWriter& operator<<(const std::optional<MeanInterval>& interval) {
        if (interval)
            return *this << interval->mean << interval->low << interval->high;
        for (int i = 0; i < 3; ++i)
            m_statement.bindNull(++m_position);
        return *this;
    }

private:
    Statement& m_statement;
    int m_position = 0;
};

class RowReader {
public:
    explicit RowReader(const Statement& statement) : m_statement(statement) {}

    template <class Integer>
    requires std::is_integral_v<Integer> RowReader& operator>>(Integer& value) {
        value = static_cast<Integer>(m_statement.integer(m_column++));
        return *this;
    }
    RowReader& operator>>(double& value) {
        value = m_statement.optionalReal(m_column++).value_or(std::numeric_limits<double>::quiet_NaN());
        return *this;
    }
    RowReader& operator>>(std::optional<double>& value) {
        value = m_statement.optionalReal(m_column++);
        return *this;
    }
    RowReader& operator>>(std::optional<std::int64_t>& value) {
        value.reset();
        if (!m_statement.isNull(m_column))
            value = m_statement.integer(m_column);
        ++m_column;
        return *this;
    }
    RowReader& operator>>(std::optional<std::string>& value) {
        value.reset();
        if (!m_statement.isNull(m_column))
            value = m_statement.text(m_column);
        ++m_column;
        return *this;
    }
    RowReader& operator>>(std::string& value) {
        value = m_statement.text(m_column++);
        return *this;
    }
    RowReader& operator>>(ErrorByTokens& e) { return *this >> e.all >> e.vision >> e.text >> e.answer; }
    RowReader& operator>>(std::optional<MeanInterval>& value) {
        const bool isAbsent = m_statement.isNull(m_column);
        MeanInterval interval;
        *this >> interval.mean >> interval.low >> interval.high;
        value.reset();
        if (!isAbsent)
            value = interval;
        return *this;
    }

private:
    const Statement& m_statement;
    int m_column = 0;
};

}
