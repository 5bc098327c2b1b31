// One question through the engine: what comes back, and what is said when it cannot be asked.
#include "demo_run.h"

#include <fstream>

namespace vlmptq::test {
namespace {

using ::testing::HasSubstr;

class Ask : public testing::Test {
protected:
    Ask() {
        std::ifstream lines(demoDir() / "calib" / "calib.jsonl");
        std::string line;
        std::getline(lines, line);
        sample = nlohmann::json::parse(line);
        request.model = demoDir() / "model";
        request.text = sample.at("question").get<std::string>();
        request.maxNewTokens = 24;
    }
    std::filesystem::path picture() const {
        return demoDir() / "calib" / sample.at("image").get<std::string>();
    }
    api::AskResult ask() { return realEngine()->ask(request, recorder, {}); }
    Error refusal() {
        try {
            ask();
        } catch (const Error& error) {
            return error;
        }
        return Error(ErrorKind::RunFailed, "", "accepted");
    }

    nlohmann::json sample;
    api::AskRequest request;
    Recorder recorder;
};

TEST_F(Ask, AnswersAboutAPicture) {
    request.images = {picture()};
    const auto result = ask();
    EXPECT_EQ(result.answer, sample.at("answer")) << "one of the lines the demo model was trained on";
    EXPECT_FALSE(result.tokenIds.empty());
    EXPECT_GT(result.visionTokens, 0);
    EXPECT_GT(result.promptTokens, result.visionTokens);
    EXPECT_GT(result.firstTokenSeconds, 0);
    EXPECT_GT(result.tokensPerSecond, 0);
    EXPECT_EQ(ask().tokenIds, result.tokenIds);
}

TEST_F(Ask, AnswersWithoutAPicture) {
    const auto result = ask();
    EXPECT_EQ(result.visionTokens, 0);
    EXPECT_GT(result.promptTokens, 0);
    EXPECT_FALSE(result.tokenIds.empty());
}

TEST_F(Ask, ThePictureMatters) {
    const auto without = ask().promptTokens;
    request.images = {picture(), picture()};
    const auto result = ask();
    EXPECT_GE(result.promptTokens - without, result.visionTokens);
}

TEST_F(Ask, KeepsToTheLimit) {
    request.images = {picture()};
    request.maxNewTokens = 2;
    EXPECT_LE(ask().tokenIds.size(), 2u);
}

TEST_F(Ask, NamesAPictureItCannotRead) {
    ScratchFolder folder;
    request.images = {folder / "cut.png"};
    EXPECT_THAT(refusal().message(), HasSubstr("cut.png"));
    const std::string whole = readFile(picture());
    std::ofstream(folder / "cut.png") << whole.substr(0, whole.size() / 2);
    const Error error = refusal();
    EXPECT_EQ(error.kind(), ErrorKind::BadInput);
    EXPECT_THAT(error.message(), HasSubstr("cut.png"));
    std::ofstream(folder / "cut.png") << "no picture at all";
    EXPECT_THAT(refusal().message(), HasSubstr("cut.png"));
}

TEST_F(Ask, StopsWhenAsked) {
    std::stop_source stop;
    stop.request_stop();
    try {
        realEngine()->ask(request, recorder, stop.get_token());
        ADD_FAILURE() << "answered";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Stopped);
    }
}

}
}
