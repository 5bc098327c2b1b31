// The table of refusals in formats.md 1, one bad file each.
#include "checkpoint/raw_file.h"
#include "engine/checkpoint/safetensors.h"
#include "support/error_of.h"
#include "support/scratch_folder.h"

namespace vlmptq::checkpoint {
namespace {

using namespace test;

std::string entry(const std::string& name, const std::string& dtype, const std::string& shape,
                  const std::string& offsets) {
    return "\"" + name + R"(":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" +
           offsets + "}";
}

struct BadHeader {
    const char* name;
    std::string header;
    std::size_t dataBytes;
    const char* reason; // part of the sentence
};

void PrintTo(const BadHeader& bad, std::ostream* stream) { *stream << bad.name; }

class SafetensorsRefuses : public testing::TestWithParam<BadHeader> {};

TEST_P(SafetensorsRefuses, Header) {
    const ScratchFolder folder;
    writeSafetensorsText(folder / "bad.safetensors", GetParam().header, GetParam().dataBytes);
    const auto error = errorOf([&] { SafetensorsFile::open(folder / "bad.safetensors"); });
    expectRefusal(error, "E-CKPT-07", GetParam().reason);
    EXPECT_THAT(error.what(), testing::HasSubstr("bad.safetensors"));
}

const std::string kGood = entry("a", "U8", "[4]", "[0,4]");

INSTANTIATE_TEST_SUITE_P(
    Formats, SafetensorsRefuses,
    testing::Values(
        BadHeader{"NotUtf8", "{" + entry("\xff\xfe", "U8", "[4]", "[0,4]") + "}", 4, "not valid JSON"},
        BadHeader{"NotAnObject", "[1,2]", 0, "not a JSON object"},
        BadHeader{"OnlySpaces", "     ", 0, "not a JSON object"},
        BadHeader{"ByteOrderMark", "\xef\xbb\xbf{" + kGood + "}", 4, "not a JSON object"},
        BadHeader{"CutOffJson", "{" + kGood, 4, "not valid JSON"},
        BadHeader{"TextBehindTheObject", "{" + kGood + "} x", 4, "not valid JSON"},
        BadHeader{"ZeroPadding", "{" + kGood + "}" + std::string(3, '\0'), 4, "zero byte"},
        BadHeader{"UnknownDtype", "{" + entry("a", "Q4", "[4]", "[0,4]") + "}", 4, "unknown dtype \"Q4\""},
        BadHeader{"NegativeOffset", "{" + entry("a", "U8", "[4]", "[-4,0]") + "}", 4, "-4 in data_offsets"},
        BadHeader{"FractionalOffset", "{" + entry("a", "U8", "[4]", "[0,4.5]") + "}", 4,
                  "4.5 in data_offsets"},
        BadHeader{"EndBeforeBegin", "{" + entry("a", "U8", "[4]", "[4,0]") + "}", 4, "ends before it begins"},
        BadHeader{"ThreeOffsets", "{" + entry("a", "U8", "[4]", "[0,4,4]") + "}", 4, "not two numbers"},
        BadHeader{"NegativeDimension", "{" + entry("a", "U8", "[-4]", "[0,4]") + "}", 4, "-4 in shape"},
        BadHeader{"DimensionBeyond63Bits", "{" + entry("a", "U8", "[9223372036854775808]", "[0,4]") + "}", 4,
                  "dimension of"},
        BadHeader{"DimensionBeyond64Bits", "{" + entry("a", "U8", "[99999999999999999999]", "[0,4]") + "}", 4,
                  "whole numbers"},
        BadHeader{"ShapeIsANumber", "{" + entry("a", "U8", "4", "[0,4]") + "}", 4, "not a list"},
        BadHeader{"NineDimensions", "{" + entry("a", "U8", "[1,1,1,1,1,1,1,1,4]", "[0,4]") + "}", 4,
                  "9 dimensions"},
        BadHeader{"MetadataOfNumbers", R"({"__metadata__":{"n":1},)" + kGood + "}", 4, "'n' is not a string"},
        BadHeader{"MetadataIsAList", R"({"__metadata__":[],)" + kGood + "}", 4,
                  "__metadata__ is not an object"},
        BadHeader{"Gap", "{" + kGood + "," + entry("b", "U8", "[2]", "[6,8]") + "}", 8,
                  "2 bytes before tensor 'b'"},
        BadHeader{"GapAtTheStart", "{" + entry("a", "U8", "[4]", "[2,6]") + "}", 6,
                  "2 bytes before tensor 'a'"},
        BadHeader{"Overlap", "{" + kGood + "," + entry("b", "U8", "[3]", "[3,6]") + "}", 6,
                  "'b' shares bytes"},
        BadHeader{"TwoNamesForTheSameBytes", "{" + kGood + "," + entry("b", "U8", "[4]", "[0,4]") + "}", 4,
                  "shares bytes"},
        BadHeader{"BytesLeftOver", "{" + kGood + "}", 7, "3 bytes after the last tensor"},
        BadHeader{"ShapeSmallerThanBytes", "{" + entry("a", "F32", "[2]", "[0,4]") + "}", 4,
                  "F32 [2] needs 8"},
        BadHeader{"ProductOverflows", "{" + entry("a", "F32", "[4294967296,4294967296]", "[0,0]") + "}", 0,
                  "not a 64-bit number"},
        BadHeader{"OddNibbles", "{" + entry("a", "F4", "[3]", "[0,1]") + "}", 1, "not a 64-bit number"},
        BadHeader{"SameNameTwice", "{" + kGood + "," + kGood + "}", 4, "\"a\" occurs twice"},
        BadHeader{"SameFieldTwice", R"({"a":{"dtype":"U8","dtype":"U8","shape":[4],"data_offsets":[0,4]}})",
                  4, "\"dtype\" occurs twice"},
        BadHeader{"EntryIsAList", R"({"a":[]})", 0, "has no object"},
        BadHeader{"NoShape", R"({"a":{"dtype":"U8","data_offsets":[0,4]}})", 4, "has no shape"},
        BadHeader{"NoDtype", R"({"a":{"shape":[4],"data_offsets":[0,4]}})", 4, "has no dtype"},
        BadHeader{"NoOffsets", R"({"a":{"shape":[4],"dtype":"U8"}})", 4, "has no data_offsets"},
        BadHeader{"ControlCharacterInName", "{" + entry("a\\u0000b", "U8", "[4]", "[0,4]") + "}", 4,
                  "control character"},
        BadHeader{"LongName", "{" + entry(std::string(1025, 'n'), "U8", "[4]", "[0,4]") + "}", 4,
                  "1025 bytes"},
        BadHeader{"DeepNesting", R"({"a":{"x":[[[[]]]]}})", 0, "nested more than 4"}),
    [](const auto& test) { return test.param.name; });

Error errorOfContent(const std::string& content) {
    const ScratchFolder folder;
    writeFileAtomically(folder / "bad.safetensors", content);
    return errorOf([&] { SafetensorsFile::open(folder / "bad.safetensors"); });
}

TEST(SafetensorsRefuses, AFileShorterThanItsLengthField) {
    expectRefusal(errorOfContent(""), "E-CKPT-03", "it has 0 bytes");
    expectRefusal(errorOfContent("1234567"), "E-CKPT-03", "it has 7 bytes");
}

TEST(SafetensorsRefuses, AHeaderLargerThanTheFile) {
    expectRefusal(errorOfContent(lengthField(500) + "{}"), "E-CKPT-03",
                  "it has 10 bytes, the header alone takes 508");
}

TEST(SafetensorsRefuses, AHeaderLargerThanTheLimit) {
    expectRefusal(errorOfContent(lengthField(100'000'001) + "{}"), "E-CKPT-07", "the limit is 100000000");
    expectRefusal(errorOfContent(lengthField(~0ull) + "{}"), "E-CKPT-07", "the limit is 100000000");
}

TEST(SafetensorsRefuses, ATruncatedFileWithBothSizes) {
    expectRefusal(errorOfContent(rawSafetensors("{" + entry("a", "F32", "[100]", "[0,400]") + "}", 399)),
                  "E-CKPT-03", "399 of 400 bytes");
}

TEST(SafetensorsRefuses, MoreTensorsThanTheLimit) {
    std::string header = "{";
    for (int i = 0; i < 1'000'001; ++i)
        header +=
            (i ? ",\"" : "\"") + std::to_string(i) + R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
    expectRefusal(errorOfContent(rawSafetensors(header + "}", 0)), "E-CKPT-07", "1000001 tensors");
}

TEST(SafetensorsRefuses, AGitLfsPointer) {
    expectRefusal(errorOfContent("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n"),
                  "E-CKPT-08", "Git LFS pointer");
}

TEST(SafetensorsRefuses, WhatIsNotAFile) {
    const ScratchFolder folder;
    expectRefusal(errorOf([&] { SafetensorsFile::open(folder / "absent"); }), "E-FILE-01", "absent");
    expectRefusal(errorOf([&] { SafetensorsFile::open(folder.path()); }), "E-FILE-01", "not a regular file");
}

}
}
