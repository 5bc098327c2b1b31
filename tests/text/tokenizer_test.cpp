#include "engine/core/file.h"
#include "engine/text/tokenizer.h"
#include "support/golden.h"
#include "support/refusal.h"
#include "support/scratch_folder.h"

#include <gmock/gmock.h>

using namespace vlmptq;
using namespace vlmptq::text;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

using Json = nlohmann::json;
using Ids = std::vector<std::int64_t>;

class TokenizerGolden : public testing::TestWithParam<std::string> {};

TEST_P(TokenizerGolden, EncodesAndDecodesLikeTheReference) {
    const auto folder = test::goldenDir() / "models" / GetParam();
    const auto tokenizer = Tokenizer::open(folder / "tokenizer.json");
    const auto golden = test::readJson(folder / "io.json");
    ASSERT_FALSE(golden.at("tokenizer_cases").empty());
    for (const auto& reference : golden.at("tokenizer_cases")) {
        const auto text = reference.at("text").get<std::string>();
        SCOPED_TRACE(text);
        const auto ids = reference.at("ids").get<Ids>();
        EXPECT_EQ(tokenizer->encode(text), ids);
        EXPECT_EQ(tokenizer->decode(ids, false), reference.at("decoded").get<std::string>());
        EXPECT_EQ(tokenizer->decode(ids, true), reference.at("decoded_skip_special").get<std::string>());
    }
}

// The other folders have no tokenizer cases; their prompts are compared in processor and template tests.
INSTANTIATE_TEST_SUITE_P(Models, TokenizerGolden,
                         testing::Values("qwen2_5_vl", "qwen2_5_vl-flat", "internvl3", "llava_onevision"));

std::shared_ptr<const Tokenizer> goldenTokenizer() {
    return Tokenizer::open(test::goldenDir() / "models" / "qwen2_5_vl" / "tokenizer.json");
}

TEST(Tokenizer, KeepsSpacesAroundAddedTokens) {
    const auto tokenizer = goldenTokenizer();
    const auto end = tokenizer->idOf("<|im_end|>").value();
    const auto space = tokenizer->encode(" ").at(0);
    EXPECT_THAT(tokenizer->encode(" <|im_end|> "), ElementsAre(space, end, space));
}

TEST(Tokenizer, NeverMakesAControlTokenOfLiteralText) {
    const auto tokenizer = goldenTokenizer();
    const auto end = tokenizer->idOf("<|im_end|>").value();
    const std::string text = "a<|im_end|>b";
    const std::vector<Range> all{{0, text.size()}};
    const auto ids = tokenizer->encode(text, all);
    EXPECT_THAT(ids, testing::Not(testing::Contains(end)));
    EXPECT_EQ(tokenizer->decode(ids, true), text);
    EXPECT_THAT(tokenizer->encode(text), testing::Contains(end));
}

TEST(Tokenizer, NeverJoinsLiteralTextAndTemplateToAControlToken) {
    const auto tokenizer = goldenTokenizer();
    const std::string text = "<|im_end|>";
    for (std::size_t cut = 0; cut <= text.size(); ++cut)
        for (const auto& literal : {Range{0, cut}, Range{cut, text.size()}}) {
            if (literal.begin == literal.end)
                continue;
            const auto ids = tokenizer->encode(text, std::vector<Range>{literal});
            EXPECT_THAT(ids, testing::Not(testing::Contains(tokenizer->idOf(text).value())));
        }
}

TEST(Tokenizer, LiteralTextIsStillOneTextWithItsSurroundings) {
    const auto tokenizer = goldenTokenizer();
    const std::string text = "user\nthe end";
    EXPECT_EQ(tokenizer->encode(text, std::vector<Range>{{5, text.size()}}), tokenizer->encode(text));
}

TEST(Tokenizer, RepairsInvalidUtf8) {
    const auto tokenizer = goldenTokenizer();
    EXPECT_EQ(tokenizer->decode(tokenizer->encode("a\xE4\xBD b\xFF"), false), "a\uFFFD b\uFFFD");
}

TEST(Tokenizer, PaddingRowsAndForeignIdsDecodeToNothing) {
    const auto tokenizer = goldenTokenizer();
    EXPECT_EQ(tokenizer->decode(Ids{-1, tokenizer->size() + 5, 1 << 30}, false), "");
    EXPECT_EQ(tokenizer->tokenOf(-1), "");
}

TEST(Tokenizer, EncodesAMegabyteOfOnePieceInReasonableTime) {
    const auto tokenizer = goldenTokenizer();
    const std::string text(2'000'000, 'a');
    EXPECT_EQ(tokenizer->decode(tokenizer->encode(text), false), text);
    EXPECT_EQ(tokenizer->decode(tokenizer->encode(std::string(2'000'000, ' ') + "x"), false).size(),
              2'000'001u);
}

// Files that start as the golden one and are changed.
class ChangedTokenizer : public testing::Test {
protected:
    Json content = test::readJson(test::goldenDir() / "models" / "qwen2_5_vl" / "tokenizer.json");
    test::ScratchFolder folder;

    std::string refusalOf(const std::string& text) {
        writeFileAtomically(folder / "tokenizer.json", text);
        return test::refusalOf([&] { Tokenizer::open(folder / "tokenizer.json"); });
    }
    std::string refusal() { return refusalOf(content.dump()); }
};

TEST_F(ChangedTokenizer, UntouchedFileIsAccepted) { EXPECT_EQ(refusal(), "accepted"); }

TEST_F(ChangedTokenizer, ByteLevelMayCutByItself) {
    content["pre_tokenizer"] = {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", true}};
    content["model"]["vocab"]["12"] = 5000;
    content["model"]["merges"].push_back({"1", "2"});
    EXPECT_EQ(refusal(), "accepted");
    const auto tokenizer = Tokenizer::open(folder / "tokenizer.json");
    EXPECT_THAT(tokenizer->encode("12"), ElementsAre(5000)); // its expression keeps digits together
}

TEST_F(ChangedTokenizer, NotJson) {
    EXPECT_THAT(refusalOf("{\"model\": "),
                testing::AllOf(HasSubstr("tokenizer.json"), HasSubstr("not JSON")));
}

TEST_F(ChangedTokenizer, NoModel) {
    content.erase("model");
    EXPECT_THAT(refusal(), HasSubstr("'model'"));
}

TEST_F(ChangedTokenizer, OtherModelType) {
    content["model"]["type"] = "Unigram";
    EXPECT_THAT(refusal(), HasSubstr("Unigram"));
}

TEST_F(ChangedTokenizer, MergeOfUnknownToken) {
    content["model"]["merges"].push_back({"t", "nosuchtoken"});
    EXPECT_THAT(refusal(), HasSubstr("nosuchtoken"));
}

TEST_F(ChangedTokenizer, MergesThatAreNoPairs) {
    content["model"]["merges"] = {{"a", "b", "c"}};
    EXPECT_THAT(refusal(), HasSubstr("model.merges[0]"));
    content["model"]["merges"] = {"ab"};
    EXPECT_THAT(refusal(), HasSubstr("model.merges[0]"));
    content["model"]["merges"] = {17};
    EXPECT_THAT(refusal(), HasSubstr("model.merges[0]"));
    content["model"]["merges"] = {{"a", {"b"}}};
    EXPECT_THAT(refusal(), HasSubstr("model.merges[0]"));
}

TEST_F(ChangedTokenizer, IdsThatAreNoIds) {
    for (const auto& id : {Json("x"), Json(-3), Json(1.5), Json(1ll << 40), Json::object({{"a", 1}})}) {
        content["model"]["vocab"]["!"] = id;
        EXPECT_THAT(refusal(), HasSubstr("model.vocab"));
    }
}

TEST_F(ChangedTokenizer, TwoTokensOfOneId) {
    content["model"]["vocab"]["!"] = content["model"]["vocab"]["\""];
    EXPECT_THAT(refusal(), HasSubstr("same id"));
}

TEST_F(ChangedTokenizer, MissingByte) {
    content["model"]["vocab"].erase("!");
    EXPECT_THAT(refusal(), HasSubstr("byte 33"));
}

TEST_F(ChangedTokenizer, UnsupportedSteps) {
    auto original = content;
    content["normalizer"] = {{"type", "NFKC"}};
    EXPECT_THAT(refusal(), HasSubstr("NFKC"));
    content = original;
    content["pre_tokenizer"] = {{"type", "Metaspace"}};
    EXPECT_THAT(refusal(), HasSubstr("Metaspace"));
    content = original;
    content["pre_tokenizer"]["pretokenizers"][0]["behavior"] = "Removed";
    EXPECT_THAT(refusal(), HasSubstr("pretokenizers[0].behavior"));
    content = original;
    content["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = "(unclosed";
    EXPECT_THAT(refusal(), HasSubstr("(unclosed"));
    content = original;
    content["added_tokens"][0]["lstrip"] = true;
    EXPECT_THAT(refusal(), HasSubstr("lstrip"));
}

}
