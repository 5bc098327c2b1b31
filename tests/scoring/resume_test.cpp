// Which answers of a stopped evaluation are taken over by the next one, and what is said about the others.
#include "engine/evaluation/benchmark_resume.h"

#include <gtest/gtest.h>

namespace vlmptq::evaluation {
namespace {

EvalItem stored() {
    EvalItem item;
    item.benchmark = "DemoChart";
    item.id = "7";
    item.row = 8;
    item.promptSha256 = "prompt";
    item.imageSha256 = "picture";
    item.references = {"14"};
    item.options = {"(A) 14"};
    item.settings = R"({"arithmetic":"float32 on cpu","max_new_tokens":8})";
    item.rawAnswer = "14";
    item.score = 1;
    return item;
}

class Resume : public testing::Test {
protected:
    // Whether the stored answer to `asked` is taken over.
    bool takes(const EvalItem& question, const std::string& pictureNow = "picture") {
        EarlierAnswers earlier(answers, "DemoChart");
        const auto taken = earlier.take(question, [&] { return pictureNow; });
        sentence = earlier.sentence();
        if (taken)
            record = *taken;
        return taken.has_value();
    }
    std::vector<EvalItem> answers{stored()};
    EvalItem asked = stored(), record;
    std::string sentence;
};

TEST_F(Resume, TakesAnAnswerWhereEverythingIsAsItWas) {
    asked.rawAnswer.clear();
    asked.row = 9;
    asked.category = "renamed";
    ASSERT_TRUE(takes(asked));
    EXPECT_EQ(record.rawAnswer, "14");
    EXPECT_EQ(record.row, 9) << "the rows before it may have changed";
    EXPECT_EQ(record.category, "renamed");
    EXPECT_EQ(sentence, "");
}

TEST_F(Resume, AsksAChangedQuestionAgain) {
    asked.promptSha256 = "other";
    EXPECT_FALSE(takes(asked));
    EXPECT_EQ(sentence,
              "1 of 1 earlier answers do not count and are asked again: 1 to a question that has changed.");
    asked = stored();
    asked.references = {"15"};
    EXPECT_FALSE(takes(asked)) << "score and answer loss would be another";
    asked = stored();
    asked.options = {};
    EXPECT_FALSE(takes(asked));
}

TEST_F(Resume, AsksAgainAboutAChangedPicture) {
    EXPECT_FALSE(takes(asked, "repainted"));
    EXPECT_EQ(sentence,
              "1 of 1 earlier answers do not count and are asked again: 1 to a picture that has changed.");
}

TEST_F(Resume, AsksAgainUnderOtherSettingsAndNamesThem) {
    asked.settings = R"({"arithmetic":"bfloat16 on cpu","max_new_tokens":64})";
    EXPECT_FALSE(takes(asked));
    EXPECT_EQ(sentence, "1 of 1 earlier answers do not count and are asked again: 1 were given with other "
                        "settings (arithmetic, max_new_tokens).");
}

TEST_F(Resume, AnswersWithoutKnownSettingsDoNotCount) {
    answers[0].settings = "";
    EXPECT_FALSE(takes(asked));
    answers[0].settings = "{}"; // of the first release
    EXPECT_FALSE(takes(asked));
}

TEST_F(Resume, AQuestionThatFailedIsAskedAgainWithoutAWord) {
    answers[0].score.reset();
    EXPECT_FALSE(takes(asked));
    EXPECT_EQ(sentence, "");
}

TEST_F(Resume, AnswersToOtherQuestionsAreNoneOfItsBusiness) {
    answers[0].benchmark = "DemoDoc";
    EXPECT_FALSE(takes(asked));
    answers[0] = stored();
    asked.id = "8";
    EXPECT_FALSE(takes(asked));
    EXPECT_EQ(sentence, "");
}

TEST_F(Resume, DoesNotReadPicturesInVain) {
    EarlierAnswers earlier(answers, "DemoChart");
    asked.promptSha256 = "other";
    earlier.take(asked, [] {
        ADD_FAILURE() << "read";
        return "";
    });
}

}
}
