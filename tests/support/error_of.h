// error_of.h - the Error an action throws, for tests of refusals.
#pragma once
#include "engine/core/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace vlmptq::test {

// Fails the test, and returns an empty error, when the action throws none.
template <class Action>
Error errorOf(Action&& action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << "no error was thrown";
    return {ErrorKind::RunFailed, "", ""};
}

// The refusal has this id, its sentence this part, and there is a hint.
inline void expectRefusal(const Error& error, const std::string& id, const std::string& part,
                          ErrorKind kind = ErrorKind::BadInput) {
    EXPECT_EQ(error.id(), id) << error.what();
    EXPECT_EQ(error.kind(), kind) << error.what();
    EXPECT_THAT(error.what(), testing::HasSubstr(part));
    EXPECT_FALSE(error.hint().empty()) << error.what();
}

}
