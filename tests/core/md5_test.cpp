#include "engine/core/md5.h"

#include <gtest/gtest.h>

namespace vlmptq {
namespace {

TEST(Md5, GivesTheValuesOfTheStandard) {
    EXPECT_EQ(Md5().hex(), "d41d8cd98f00b204e9800998ecf8427e");
    EXPECT_EQ(Md5().update("abc").hex(), "900150983cd24fb0d6963f7d28e17f72");
    EXPECT_EQ(Md5()
                  .update("12345678901234567890123456789012345678901234567890123456789012345678901234567890")
                  .hex(),
              "57edf4a22be3c955ac49da2e2107b67a");
}

// Block ends and the room for the length are where such code goes wrong.
TEST(Md5, DoesNotDependOnHowTheBytesComeIn) {
    for (const std::size_t size : {55u, 56u, 63u, 64u, 65u, 119u, 120u, 128u, 1000u}) {
        const std::string text(size, 'x');
        Md5 pieces;
        for (std::size_t at = 0; at < size; at += 7)
            pieces.update(std::string_view(text).substr(at, 7));
        EXPECT_EQ(pieces.hex(), Md5().update(text).hex()) << size;
    }
    EXPECT_EQ(Md5().update(std::string(64, 'a')).hex(), "014842d480b571495a4a0363793f7367");
    EXPECT_EQ(Md5().update(std::string(56, 'a')).hex(), "3b0c8ac703f828b04c6c197006d17218");
}

}
}
