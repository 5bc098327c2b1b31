// The questions of a benchmark from file to record: what is kept of each, what happens to one that cannot be
// answered, where an answer ends, and what a second evaluation takes over.
#include "engine/core/error.h"
#include "engine/core/hash.h"
#include "evaluation/demo_benchmark.h"

#include <nlohmann/json.hpp>

namespace vlmptq::evaluation {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class RunnerTest : public DemoBenchmark {
protected:
    std::vector<std::string> askedIds() const {
        std::vector<std::string> ids;
        for (const EvalItem& item : seen.items)
            ids.push_back(item.id);
        return ids;
    }
};

TEST_F(RunnerTest, KeepsTheWholeRecordOfAQuestion) {
    evaluate();
    ASSERT_THAT(seen.items, SizeIs(4));
    const EvalItem& item = seen.items[0];
    EXPECT_EQ(item.benchmark, "DemoChart");
    EXPECT_EQ(item.id, cell(1, "index"));
    EXPECT_EQ(item.row, 1);
    EXPECT_THAT(item.prompt, HasSubstr(cell(1, "question")));
    EXPECT_EQ(item.promptSha256, sha256Hex(item.prompt));
    EXPECT_EQ(item.imageSha256.size(), 64u);
    EXPECT_THAT(item.references, ElementsAre(cell(1, "answer")));
    EXPECT_EQ(item.answer, cell(1, "answer"));
    EXPECT_EQ(item.finish, "eos");
    EXPECT_EQ(item.ruleset, "lmms-eval/current");
    EXPECT_GT(item.promptTokens, item.visionTokens);
    EXPECT_GT(item.visionTokens, 0);
    const json settings = json::parse(item.settings);
    EXPECT_THAT(settings.at("arithmetic").get<std::string>(), HasSubstr("float32 on cpu"))
        << "what was used, not what was asked for";
    EXPECT_EQ(settings.at("max_new_tokens"), 8);
    EXPECT_EQ(settings.at("ruleset"), "lmms-eval/current");
    EXPECT_EQ(settings.at("model").get<std::string>().size(), 64u);
}

TEST_F(RunnerTest, TheManifestSaysWithWhatTheScoreWasMade) {
    request.model = test::demoDir() / "model";
    request.limit = 3;
    const auto manifest = json::parse(evaluate().manifest);
    EXPECT_EQ(manifest.at("schema"), "vlm-eval-manifest/1");
    EXPECT_EQ(manifest.at("program_version"), VLMPTQ_VERSION);
    EXPECT_EQ(manifest.at("model").at("folder"), request.model.string());
    EXPECT_TRUE(manifest.at("run").is_null());
    EXPECT_EQ(manifest.at("selection"), "first 3");
    const json& data = manifest.at("data");
    EXPECT_EQ(data.at("file"), kName);
    EXPECT_EQ(data.at("bytes"), std::filesystem::file_size(folder / kName));
    EXPECT_EQ(data.at("md5").get<std::string>().size(), 32u);
    EXPECT_EQ(data.at("good_rows"), 4);
    EXPECT_EQ(data.at("rows_expected"), 200);
    EXPECT_EQ(manifest.at("generation").at("max_new_tokens"), 8);
    EXPECT_GT(manifest.at("pixel_limits").at("most"), manifest.at("pixel_limits").at("least"));
    EXPECT_THAT(manifest.at("chat_prompt").get<std::string>(), HasSubstr("You are a helpful assistant."));
    EXPECT_LE(manifest.at("started_at"), manifest.at("finished_at"));
}

TEST_F(RunnerTest, RowsLeftOutAreInTheManifestWithTheirCodes) {
    change(2, "\t" + cell(2, "answer"), "\t");
    const auto data = json::parse(evaluate().manifest).at("data");
    EXPECT_EQ(data.at("rows"), 4);
    EXPECT_EQ(data.at("good_rows"), 3);
    EXPECT_EQ(data.at("left_out"), json::parse(R"({"E_ANSWER_MISSING": 1})"));
}

TEST_F(RunnerTest, AnUnreadablePictureCostsItsQuestionOnly) {
    const auto expected = evaluate();
    const std::string picture = cell(2, "image");
    change(2, picture, picture.substr(0, picture.size() / 8 * 4)); // whole base64, half a picture
    const auto score = evaluate();
    ASSERT_THAT(seen.items, SizeIs(4));
    EXPECT_EQ(seen.items[1].status, "error");
    EXPECT_EQ(seen.items[1].finish, "error");
    EXPECT_FALSE(seen.items[1].score);
    EXPECT_THAT(seen.items[1].error, HasSubstr("DemoChart, row 2"));
    EXPECT_EQ(seen.items[2].status, "ok");
    EXPECT_EQ(score.errors, 1);
    EXPECT_EQ(score.items, 4);
    EXPECT_EQ(score.scored, 3);
    EXPECT_LT(score.answerTokens, expected.answerTokens) << "no loss of a question that was not asked";
    ASSERT_THAT(seen.warnings, SizeIs(1));
    EXPECT_EQ(seen.warnings[0].where, "DemoChart");
    EXPECT_THAT(seen.warnings[0].text, HasSubstr("1 of 4 questions was not answered"));
    EXPECT_THAT(seen.warnings[0].text, HasSubstr("row 2"));
}

TEST_F(RunnerTest, AnAnswerEndsAtTheStopTextOfItsTask) {
    evaluate();
    Task task = *taskNamed("DemoChart");
    const std::string answer = seen.items[0].rawAnswer;
    ASSERT_GE(answer.size(), 2u);
    task.stopText = answer.substr(0, 1);
    evaluate({.task = &task});
    EXPECT_EQ(seen.items[0].finish, "stop_text");
    EXPECT_THAT(seen.items[0].rawAnswer, HasSubstr(task.stopText));
    EXPECT_EQ(seen.items[0].status, "empty") << "the answer is what stands before it";
}

TEST_F(RunnerTest, AStoppedEvaluationGoesOnWhereItWas) {
    const auto expected = evaluate();
    const auto whole = seen.items;
    request.answered = {whole[0], whole[2]};
    const auto resumed = evaluate();
    EXPECT_THAT(askedIds(), ElementsAre(whole[1].id, whole[3].id));
    EXPECT_THAT(seen.warnings, IsEmpty());
    EXPECT_EQ(resumed.score, expected.score);
    EXPECT_DOUBLE_EQ(resumed.answerLoss, expected.answerLoss);
    EXPECT_EQ(json::parse(resumed.manifest).at("answers_taken_over"), 2);
}

TEST_F(RunnerTest, AChangedQuestionIsAskedAgain) {
    evaluate();
    request.answered = seen.items;
    change(3, cell(3, "question"), "What is the title?");
    evaluate();
    EXPECT_THAT(askedIds(), ElementsAre(cell(3, "index")));
    ASSERT_THAT(seen.warnings, SizeIs(1));
    EXPECT_THAT(seen.warnings[0].text, HasSubstr("1 of 4 earlier answers"));
    EXPECT_THAT(seen.warnings[0].text, HasSubstr("question that has changed"));
}

TEST_F(RunnerTest, AChangedReferenceIsAskedAgain) {
    evaluate();
    request.answered = seen.items;
    change(1, "\t" + cell(1, "answer"), "\t987");
    evaluate();
    EXPECT_THAT(askedIds(), ElementsAre(cell(1, "index")));
}

TEST_F(RunnerTest, AChangedPictureIsAskedAboutAgain) {
    evaluate();
    request.answered = seen.items;
    change(4, cell(4, "image"), cell(1, "image"));
    evaluate();
    EXPECT_THAT(askedIds(), ElementsAre(cell(4, "index")));
    EXPECT_THAT(seen.warnings.at(0).text, HasSubstr("picture that has changed"));
}

TEST_F(RunnerTest, OtherSettingsAskEverythingAgainAndAreNamed) {
    evaluate();
    request.answered = seen.items;
    request.maxNewTokens = 3;
    request.repetitionPenalty = 1.1;
    evaluate();
    EXPECT_THAT(seen.items, SizeIs(4));
    EXPECT_THAT(seen.warnings.at(0).text, HasSubstr("(max_new_tokens, repetition_penalty)"));
}

TEST_F(RunnerTest, AStopKeepsWhatIsAnswered) {
    seen.react = [this] { stop.request_stop(); }; // with the first answer
    try {
        evaluate(test::demoDir() / "bench" / kName);
        ADD_FAILURE() << "went on";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Stopped);
    }
    EXPECT_THAT(seen.items, Not(IsEmpty()));
    EXPECT_LT(seen.items.size(), 200u);
    for (const EvalItem& item : seen.items)
        EXPECT_EQ(item.status, "ok");
}

}
}
