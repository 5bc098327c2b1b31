// error.h - the one exception type that crosses the borders of the engine and the store.
// `what()` is one sentence a user can act on: what happened, where (file, field, tensor), with the offending
// value; `hint()` says what to do. The id ("E-CKPT-03") is stable and searchable. Immutable, safe to copy
// between threads.
#pragma once
#include <stdexcept>
#include <string>

namespace vlmptq {

// The kind decides the exit code of the command line (interface.md 11) and the icon in the Studio.
enum class ErrorKind {
    RunFailed,  // 1: the work itself failed
    BadOption,  // 2: an option malformed in itself
    BadInput,   // 3: a model, data file, or an option that does not fit them
    NoResource, // 4: not enough memory, disk or device
    Database,   // 5: the run database
    Stopped,    // 130: stopped by the user, resumable
};

class Error : public std::runtime_error {
public:
    Error(ErrorKind kind, std::string id, const std::string& sentence, std::string hint = {});
    ErrorKind kind() const { return m_kind; }
    int exitCode() const;
    const std::string& id() const { return m_id; }
    const std::string& hint() const { return m_hint; }
    std::string message() const; // sentence and hint in one line

private:
    ErrorKind m_kind;
    std::string m_id, m_hint;
};

// A broken invariant of the program itself, with the condition in words.
[[noreturn]] void failCheck(const char* condition, const char* file, int line, const std::string& message);

}

#define VLMPTQ_CHECK(condition, message)                                                                     \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            ::vlmptq::failCheck(#condition, __FILE__, __LINE__, message);                                    \
    } while (false)
