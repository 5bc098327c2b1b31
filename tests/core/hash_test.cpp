#include "engine/core/hash.h"

#include <gtest/gtest.h>

namespace vlmptq {
namespace {

// The examples of FIPS 180-4 and of NIST's test vectors.
TEST(Sha256, AgreesWithThePublishedExamples) {
    EXPECT_EQ(sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(sha256Hex(std::string(1'000'000, 'a')),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnHowTheInputIsCut) {
    const std::string text(300, 'x');
    const auto whole = sha256Hex(text);
    for (std::size_t piece : {1u, 55u, 56u, 63u, 64u, 65u, 127u}) {
        Sha256 hash;
        for (std::size_t at = 0; at < text.size(); at += piece)
            hash.update(std::string_view(text).substr(at, piece));
        EXPECT_EQ(hash.hex(), whole) << "in pieces of " << piece;
    }
}

}
}
