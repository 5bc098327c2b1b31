// refusal.h - what an action that must fail says; for tests of bad input.
#pragma once
#include "engine/core/error.h"

#include <gtest/gtest.h>

#include <string>

namespace vlmptq::test {

// Sentence and hint of the Error (BadInput) the action throws; "accepted" when it throws none.
template <class Action>
std::string refusalOf(Action action) {
    try {
        action();
    } catch (const Error& e) {
        EXPECT_EQ(e.kind(), ErrorKind::BadInput);
        return e.message();
    }
    return "accepted";
}

}
