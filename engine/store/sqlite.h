// sqlite.h - the sqlite3 C API as owned objects: Connection, Statement, Transaction. Every failure is an
// Error (Database) whose sentence names the file and what is wrong with it: locked, read-only, damaged, no
// database, disk full. A connection and its statements belong to one thread; a statement must not outlive its
// connection.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace vlmptq::store {

inline constexpr const char* kLockedId = "E-DB-01"; // the Error id of a database another program has locked

class Connection;

class Statement {
public:
    Statement(Connection&, std::string_view sql);

    // Binds the values to ?1, ?2, ... Texts are copied.
    template <class... Values>
    Statement& bind(const Values&... values) {
        int position = 0;
        (bindAt(++position, values), ...);
        return *this;
    }
    Statement& bindAt(int position, std::int64_t);
    Statement& bindAt(int position, int value) { return bindAt(position, std::int64_t(value)); }
    Statement& bindAt(int position, std::uint64_t value) { return bindAt(position, std::int64_t(value)); }
    Statement& bindAt(int position, bool value) { return bindAt(position, std::int64_t(value)); }
    Statement& bindAt(int position, double); // NaN is stored as NULL
    Statement& bindAt(int position, std::string_view);
    Statement& bindAt(int position, const std::string& value) {
        return bindAt(position, std::string_view(value));
    }
    Statement& bindAt(int position, const char* value) { return bindAt(position, std::string_view(value)); }
    Statement& bindAt(int position, std::span<const std::byte>);
    Statement& bindNull(int position);
    template <class Value>
    Statement& bindAt(int position, const std::optional<Value>& value) {
        return value ? bindAt(position, *value) : bindNull(position);
    }

    bool step(); // true: there is a row
    void run();  // executes to the end and is ready for the next binding

    bool isNull(int column) const;
    std::int64_t integer(int column) const;
    double real(int column) const;
    std::string text(int column) const;
    std::span<const std::byte> bytes(int column) const; // valid until the next step
    std::optional<double> optionalReal(int column) const;

private:
    void check(int code) const;
    struct Finalize {
        void operator()(sqlite3_stmt*) const;
    };
    Connection* m_connection;
    std::unique_ptr<sqlite3_stmt, Finalize> m_statement;
};

enum class OpenMode {
    Create, // read and write, made when missing
    ReadOnly,
    Immutable, // read-only on a medium that cannot change: no locks, no journal
};

class Connection {
public:
    Connection(const std::filesystem::path&, OpenMode, int busyTimeoutMilliseconds = 5000);

    const std::filesystem::path& path() const { return m_path; }
    void execute(const std::string& sql);      // several statements, no results
    std::int64_t number(std::string_view sql); // first column of the first row
    std::int64_t lastInsertId() const;
    std::int64_t changes() const; // rows of the last statement
    bool isInTransaction() const;
    void backUp(const std::filesystem::path& copy);
    [[noreturn]] void fail(int code) const; // as Error, with the reason of the last call

private:
    friend class Statement;
    struct Close {
        void operator()(sqlite3*) const;
    };
    std::filesystem::path m_path;
    std::unique_ptr<sqlite3, Close> m_handle;
};

// Takes the write lock at once; rolled back unless committed.
class Transaction {
public:
    explicit Transaction(Connection&);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

private:
    Connection& m_connection;
    bool m_isOpen = true;
};

// What is read while it lives is one state of the database, whatever other connections write meanwhile.
class ReadSnapshot {
public:
    explicit ReadSnapshot(Connection&);
    ~ReadSnapshot();
    ReadSnapshot(const ReadSnapshot&) = delete;
    ReadSnapshot& operator=(const ReadSnapshot&) = delete;

private:
    Connection& m_connection;
    bool m_isOwner; // false inside a transaction, which is a snapshot already
};

}
