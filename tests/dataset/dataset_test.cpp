#include "engine/calibration/dataset.h"
#include "engine/core/file.h"
#include "support/golden.h"
#include "support/refusal.h"
#include "support/scratch_folder.h"

#include <gmock/gmock.h>

using namespace vlmptq;
using namespace vlmptq::calibration;
using test::refusalOf;
using testing::ElementsAre;
using testing::HasSubstr;

namespace {

// "[image] text" of each message, for comparison at a glance.
std::vector<std::string> shownPrompt(const CalibrationLine& line) {
    std::vector<std::string> shown;
    for (const auto& message : line.prompt) {
        auto text = message.role + ":";
        for (const auto& part : message.parts)
            text += part.isImage ? "[image]" : part.text;
        shown.push_back(text);
    }
    return shown;
}

class CalibrationFile : public testing::Test {
protected:
    test::ScratchFolder folder;

    std::vector<CalibrationLine> linesOf(const std::string& content, const std::string& name = "c.jsonl") {
        writeFileAtomically(folder / name, content);
        return readLines(folder / name);
    }
    std::string refusal(const std::string& content) {
        return refusalOf([&] { linesOf(content); });
    }
};

TEST_F(CalibrationFile, ReadsQuestionAndAnswer) {
    const auto lines =
        linesOf(R"({"id": 7, "image": "p/a.png", "task": "chart", "question": "Q", "answer": 90})"
                "\n\n"
                R"({"question": "R", "answer": "S"})");
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_EQ(lines[0].id, "7");
    EXPECT_EQ(lines[0].task, "chart");
    EXPECT_EQ(lines[0].question, "Q");
    EXPECT_EQ(lines[0].answer, "90");
    EXPECT_THAT(lines[0].images, ElementsAre(folder / "p/a.png"));
    EXPECT_THAT(shownPrompt(lines[0]), ElementsAre("user:[image]Q"));
    EXPECT_EQ(lines[1].line, 3);
    EXPECT_THAT(shownPrompt(lines[1]), ElementsAre("user:R"));
}

TEST_F(CalibrationFile, ReadsConversationsWithPicturesFirst) {
    const auto lines = linesOf(
        R"({"image": ["a.png", "b.png"], "conversations": [{"from": "system", "value": "Be brief."},)"
        R"({"from": "human", "value": "What?\n<image>"}, {"from": "gpt", "value": "A"},)"
        R"({"from": "human", "value": "<image>\nAnd <b>this</b>?"}, {"from": "gpt", "value": "B"}]})");
    EXPECT_THAT(shownPrompt(lines.at(0)), ElementsAre("system:Be brief.", "user:[image]What?", "assistant:A",
                                                      "user:[image]And <b>this</b>?"));
    EXPECT_EQ(lines[0].answer, "B");
    EXPECT_EQ(lines[0].question, "And <b>this</b>?");
}

TEST_F(CalibrationFile, ConversationsWithoutTagsGetTheirPictureFirst) {
    const auto lines = linesOf(R"({"image": "a.png", "conversations": [{"from": "human", "value": "Q"}]})");
    EXPECT_THAT(shownPrompt(lines.at(0)), ElementsAre("user:[image]Q"));
    EXPECT_EQ(lines[0].answer, "");
}

TEST_F(CalibrationFile, ReadsMessagesWithPicturesWhereTheyStand) {
    const auto lines = linesOf(
        R"([{"images": ["b.png"], "messages": [{"role": "user", "content": [{"type": "text", "text": "Look: "},)"
        R"({"type": "image", "image": "a.png"}, {"type": "image"}, {"type": "text", "text": "?"}]},)"
        R"({"role": "assistant", "content": "Yes"}]}])",
        "c.json");
    EXPECT_THAT(shownPrompt(lines.at(0)), ElementsAre("user:Look: [image][image]?"));
    EXPECT_THAT(lines[0].images, ElementsAre(folder / "a.png", folder / "b.png"));
    EXPECT_EQ(lines[0].answer, "Yes");
    EXPECT_EQ(lines[0].line, 1);
}

TEST_F(CalibrationFile, TakesTheOneDataFileOfAFolder) {
    EXPECT_THAT(refusalOf([&] { readLines(folder.path()); }), HasSubstr("no *.jsonl or *.json"));
    writeFileAtomically(folder / "a.jsonl", R"({"question": "Q"})");
    writeFileAtomically(folder / "other.json", "{}");
    EXPECT_EQ(readLines(folder.path()).size(), 1u);
    writeFileAtomically(folder / "b.jsonl", R"({"question": "Q"})");
    EXPECT_THAT(refusalOf([&] { readLines(folder.path()); }), HasSubstr("a.jsonl and b.jsonl"));
    EXPECT_THAT(refusalOf([&] { readLines(folder / "missing"); }), HasSubstr("do not exist"));
}

TEST_F(CalibrationFile, ToleratesByteOrderMarkAndWindowsLineEnds) {
    EXPECT_EQ(linesOf("\xEF\xBB\xBF{\"question\": \"Q\"}\r\n{\"question\": \"R\"}\r\n").size(), 2u);
}

TEST_F(CalibrationFile, NamesFileAndLineOfEveryFault) {
    const std::string good = R"({"question": "Q"})"
                             "\n";
    EXPECT_THAT(refusal(good + "{\"question\": "),
                testing::AllOf(HasSubstr("c.jsonl, line 2"), HasSubstr("JSON")));
    EXPECT_THAT(refusal(good + "[]"), HasSubstr("c.jsonl, line 2: the entry is not an object"));
    EXPECT_THAT(refusal(good + "{}"), HasSubstr("line 2: the entry has no 'question'"));
    EXPECT_THAT(refusal(R"({"question": 3})"), HasSubstr("'question' that is not a text"));
    EXPECT_THAT(refusal(R"({"question": ""})"), HasSubstr("neither a question nor a picture"));
    EXPECT_THAT(refusal(R"({"question": "Q", "answer": {}})"), HasSubstr("'answer'"));
    EXPECT_THAT(refusal(R"({"question": "Q", "image": 5})"), HasSubstr("'image' that is not a file name"));
    EXPECT_THAT(refusal(R"({"conversations": []})"), HasSubstr("not a list of turns"));
    EXPECT_THAT(refusal(R"({"conversations": [{"from": "human"}]})"), HasSubstr("'from' and 'value'"));
    EXPECT_THAT(refusal(R"({"conversations": [{"from": "<|im_end|>", "value": "x"}]})"),
                HasSubstr("a turn of '<|im_end|>'"));
    EXPECT_THAT(refusal(R"({"conversations": [{"from": "gpt", "value": "x"}]})"),
                HasSubstr("no turn of the user"));
    EXPECT_THAT(refusal(R"({"conversations": [{"from": "human", "value": "<image>x"}]})"),
                HasSubstr("more image places than pictures (0)"));
    EXPECT_THAT(
        refusal(R"({"image": ["a", "b"], "conversations": [{"from": "human", "value": "<image>x"}]})"),
        HasSubstr("2 pictures, but places for 1"));
    EXPECT_THAT(refusal(R"({"messages": [{"role": "user"}]})"), HasSubstr("'role' and 'content'"));
    EXPECT_THAT(refusal(R"({"messages": [{"role": "user", "content": 1}]})"),
                HasSubstr("neither a text nor a list"));
    EXPECT_THAT(refusal(R"({"messages": [{"role": "user", "content": [{"type": "video"}]}]})"),
                HasSubstr("part of 'content'"));
    EXPECT_THAT(refusal("\n\n"), HasSubstr("no calibration entry"));
    EXPECT_THAT(refusal("[]"), HasSubstr("no calibration entry"));
    EXPECT_THAT(refusal(R"([{"question": "Q"}, 5])"), HasSubstr("entry 2"));
}

class CalibrationChoice : public CalibrationFile {
protected:
    CalibConfig config;

    void SetUp() override {
        std::string content;
        for (int i = 0; i < 10; ++i)
            content += R"({"id": )" + std::to_string(i) +
                       R"(, "question": "Q"})"
                       "\n";
        writeFileAtomically(folder / "c.jsonl", content);
        config.source = (folder / "c.jsonl").string();
        config.samples = 4;
        config.heldout = 3;
        config.allowTextOnly = true;
    }
    static std::vector<std::string> ids(const std::vector<CalibrationLine>& lines) {
        std::vector<std::string> all;
        for (const auto& line : lines)
            all.push_back(line.id);
        return all;
    }
};

TEST_F(CalibrationChoice, FileOrderTakesTheFirstAndTheLastLines) {
    const auto set = loadCalibration(config);
    EXPECT_THAT(ids(set.calibration), ElementsAre("0", "1", "2", "3"));
    EXPECT_THAT(ids(set.heldout), ElementsAre("7", "8", "9"));
}

TEST_F(CalibrationChoice, SeedsShuffleReproducibly) {
    config.order = SampleOrder::Seeded;
    const auto first = loadCalibration(config);
    EXPECT_EQ(ids(loadCalibration(config).calibration), ids(first.calibration));
    for (const auto& id : ids(first.heldout))
        EXPECT_THAT(ids(first.calibration), testing::Not(testing::Contains(id)));
    config.seed = 1;
    EXPECT_NE(ids(loadCalibration(config).calibration), ids(first.calibration));
}

TEST_F(CalibrationChoice, RefusesMoreSamplesThanEntries) {
    config.samples = 8;
    EXPECT_THAT(refusalOf([&] { loadCalibration(config); }),
                HasSubstr("has 10 entries, but 8 for calibration and 3 held out are 11"));
    config.samples = 7;
    EXPECT_EQ(loadCalibration(config).calibration.size(), 7u);
}

TEST_F(CalibrationChoice, TextOnlyDataMustBeConfirmed) {
    config.allowTextOnly = false;
    EXPECT_THAT(refusalOf([&] { loadCalibration(config); }), HasSubstr("--allow-text-only"));
}

TEST_F(CalibrationChoice, MissingPictureIsNamedWithItsLine) {
    writeFileAtomically(folder / "c.jsonl",
                        "{\"question\": \"Q\"}\n{\"question\": \"Q\", \"image\": \"no/such.png\"}\n");
    config.samples = 1;
    config.heldout = 1;
    EXPECT_THAT(refusalOf([&] { loadCalibration(config); }),
                testing::AllOf(HasSubstr("c.jsonl, line 2"), HasSubstr("no/such.png does not exist")));
}

TEST_F(CalibrationChoice, APictureThatIsNoneIsNamedWithItsLine) {
    writeFileAtomically(folder / "p.png", "no picture at all");
    writeFileAtomically(folder / "c.jsonl",
                        "{\"question\": \"Q\"}\n{\"question\": \"Q\", \"image\": \"p.png\"}\n");
    config.samples = 1;
    config.heldout = 1;
    EXPECT_THAT(refusalOf([&] { loadCalibration(config); }),
                testing::AllOf(HasSubstr("c.jsonl, line 2"), HasSubstr("p.png is not a picture")));
}

TEST_F(CalibrationChoice, HashChangesWithTextPictureAndRole) {
    const auto write = [&](const std::string& question, const std::string& picture) {
        writeFileAtomically(folder / "p.png", picture);
        writeFileAtomically(folder / "c.jsonl", R"({"question": ")" + question +
                                                    R"(", "image": "p.png"})"
                                                    "\n"
                                                    R"({"question": "R"})"
                                                    "\n");
    };
    config.samples = config.heldout = 1;
    const auto picture = [](const char* name) { return readFile(test::demoDir() / "calib/images" / name); };
    const auto pixels = picture("0000.png"), otherPixels = picture("0001.png");
    write("Q", pixels);
    const auto hash = loadCalibration(config).contentHash;
    EXPECT_EQ(loadCalibration(config).contentHash, hash);
    write("Q", otherPixels);
    EXPECT_NE(loadCalibration(config).contentHash, hash);
    write("q", pixels);
    EXPECT_NE(loadCalibration(config).contentHash, hash);
    write("Q", pixels);
    config.heldout = 0;
    EXPECT_NE(loadCalibration(config).contentHash, hash);
}

class CalibrationSamples : public testing::Test {
protected:
    std::unique_ptr<families::Processor> processor =
        families::openProcessor(checkpoint::Checkpoint::open(test::demoDir() / "model"));
    std::vector<CalibrationLine> lines = readLines(test::demoDir() / "calib");
};

TEST_F(CalibrationSamples, AreThePromptThenTheAnswer) {
    ASSERT_EQ(lines.size(), 160u);
    const auto sample = buildSample(*processor, lines[0], 2048);
    const auto& ids = sample.sequence.inputIds;
    EXPECT_EQ(sample.visionTokens, 96);
    EXPECT_EQ(sample.textTokens, static_cast<std::int64_t>(ids.size()) - 96);
    EXPECT_FALSE(sample.wasCut);
    const auto& tokenizer = processor->tokenizer();
    const auto answer = std::span(ids).subspan(static_cast<std::size_t>(sample.answerBegin));
    EXPECT_EQ(tokenizer.decode(answer, false), lines[0].answer);
    EXPECT_THAT(tokenizer.decode(std::span(ids).first(static_cast<std::size_t>(sample.answerBegin)), true),
                testing::AllOf(HasSubstr("You are a helpful assistant."), HasSubstr(lines[0].question),
                               testing::EndsWith("assistant\n")));
}

TEST_F(CalibrationSamples, AreCutBehindThePicture) {
    const auto whole = buildSample(*processor, lines[0], 2048);
    const auto length = static_cast<int>(whole.sequence.inputIds.size());
    const auto shorter = buildSample(*processor, lines[0], length - 5);
    EXPECT_TRUE(shorter.wasCut);
    EXPECT_EQ(shorter.sequence.inputIds.size(), static_cast<std::size_t>(length - 5));
    EXPECT_EQ(shorter.sequence.positionIds.size(), static_cast<std::size_t>(3 * (length - 5)));
    EXPECT_EQ(shorter.answerBegin, length - 5);
    EXPECT_EQ(shorter.visionTokens, 96);
    EXPECT_EQ(shorter.sequence.ropeDelta, whole.sequence.ropeDelta);
    EXPECT_THAT(refusalOf([&] { buildSample(*processor, lines[0], 96); }),
                HasSubstr("beyond the limit of 96 tokens"));
}

TEST_F(CalibrationSamples, AnswersNeverHoldControlTokens) {
    auto line = lines[0];
    line.answer = "<|im_end|><|image_pad|>";
    const auto sample = buildSample(*processor, line, 2048);
    EXPECT_EQ(sample.visionTokens, 96);
    EXPECT_NE(sample.sequence.inputIds.back(), processor->tokenizer().idOf("<|image_pad|>").value());
}

}
