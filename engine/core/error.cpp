#include "engine/core/error.h"

#include <cstring>
#include <utility>

namespace vlmptq {

Error::Error(ErrorKind kind, std::string id, const std::string& sentence, std::string hint)
    : std::runtime_error(sentence), m_kind(kind), m_id(std::move(id)), m_hint(std::move(hint)) {}

int Error::exitCode() const {
    switch (m_kind) {
    case ErrorKind::RunFailed:
        return 1;
    case ErrorKind::BadOption:
        return 2;
    case ErrorKind::BadInput:
        return 3;
    case ErrorKind::NoResource:
        return 4;
    case ErrorKind::Database:
        return 5;
    case ErrorKind::Stopped:
        return 130;
    }
    return 1;
}

std::string Error::message() const { return m_hint.empty() ? what() : std::string(what()) + " " + m_hint; }

void failCheck(const char* condition, const char* file, int line, const std::string& message) {
    const char* name = std::strrchr(file, '/');
    throw Error(ErrorKind::RunFailed, "E-INTERNAL",
                message + " (internal check '" + condition + "' at " + (name ? name + 1 : file) + ":" +
                    std::to_string(line) + ")",
                "This is a fault of the program: please report it.");
}

}
