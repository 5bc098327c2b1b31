#include "engine/core/methods.h"
#include "program.h"

#include <gmock/gmock.h>

using namespace vlmptq::test;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace {

class Help : public ProgramTest {};

const std::vector<std::vector<std::string>> kCommands{{"quantize"},
                                                      {"eval"},
                                                      {"export"},
                                                      {"ask"},
                                                      {"inspect"},
                                                      {"runs"},
                                                      {"runs", "list"},
                                                      {"runs", "show"},
                                                      {"runs", "tag"},
                                                      {"runs", "note"},
                                                      {"runs", "rename"},
                                                      {"runs", "delete"},
                                                      {"runs", "watch"},
                                                      {"layers"},
                                                      {"methods"},
                                                      {"models"},
                                                      {"doctor"},
                                                      {"demo"},
                                                      {"probe"},
                                                      {"probe", "methods"},
                                                      {"probe", "model"},
                                                      {"probe", "tokenizer"},
                                                      {"probe", "scoring"},
                                                      {"config", "path"},
                                                      {"completion"}};

TEST_F(Help, ShowsExamplesBeforeOptionsForEveryCommand) {
    for (auto command : kCommands) {
        auto asked = command;
        asked.insert(asked.begin(), "help");
        const auto help = run(asked);
        EXPECT_EQ(help.exitCode, 0) << command.front();
        const auto examples = help.out.find("Examples:"), options = help.out.find("--help");
        EXPECT_NE(examples, std::string::npos) << help.out;
        EXPECT_LT(examples, options) << help.out;
        command.emplace_back("--help");
        EXPECT_EQ(run(command).out, help.out);
    }
}

TEST_F(Help, WritesChoicesInWordsOnly) {
    for (const auto& command : kCommands) {
        auto asked = command;
        asked.insert(asked.begin(), "help");
        EXPECT_THAT(run(asked).out, Not(HasSubstr(":{"))) << command.front();
    }
}

TEST_F(Help, KeepsToOneHundredColumns) {
    for (const auto& command : kCommands) {
        auto asked = command;
        asked.insert(asked.begin(), "help");
        std::istringstream lines(run(asked, {{"LC_ALL", "C"}}).out);
        for (std::string line; std::getline(lines, line);)
            EXPECT_LE(line.size(), 102u) << line;
    }
}

TEST_F(Help, NamesEveryMethodOfTheRegistry) {
    std::string names;
    for (const auto& method : vlmptq::methods())
        names += (names.empty() ? "" : ", ") + std::string(method.name);
    std::string help = run({"help", "quantize"}).out;
    for (auto at = help.find('\n'); at != std::string::npos; at = help.find('\n', at))
        help.replace(at, help.find_first_not_of(" \n", at) - at, " "); // wrapped lines as one
    EXPECT_THAT(help, HasSubstr(names));
}

TEST_F(Help, IsPrintedForNoCommandAtAll) {
    const auto nothing = run({});
    EXPECT_EQ(nothing.exitCode, 2);
    EXPECT_THAT(nothing.out, HasSubstr("vlmptq demo"));
}

TEST_F(Help, SuggestsTheNearestCommand) {
    const auto mistyped = run({"quantise", "model"});
    EXPECT_EQ(mistyped.exitCode, 2);
    EXPECT_THAT(mistyped.err, HasSubstr("Did you mean 'quantize'?"));
    EXPECT_THAT(run({"runs", "lst"}).err, HasSubstr("Did you mean 'list'?"));
    EXPECT_THAT(run({"help", "inspet"}).err, HasSubstr("Did you mean 'inspect'?"));
}

TEST_F(Help, SuggestsTheNearestOptionEvenWhenAnArgumentIsMissingToo) {
    const auto mistyped = run({"quantize", "--bit", "3"});
    EXPECT_EQ(mistyped.exitCode, 2);
    EXPECT_THAT(mistyped.err, HasSubstr("has no option --bit"));
    EXPECT_THAT(mistyped.err, HasSubstr("Did you mean --bits?"));
    EXPECT_THAT(run({"inspect", "--filtre=x", "y"}).err, HasSubstr("Did you mean --filter?"));
}

TEST_F(Help, SaysThatAnOptionStandsBeforeItsCommand) {
    const auto early = run({"--json", "runs", "list"});
    EXPECT_EQ(early.exitCode, 2);
    EXPECT_THAT(early.err, HasSubstr("Write it after 'vlmptq runs list'"));
}

TEST_F(Help, NamesWhatIsMissing) {
    const auto missing = run({"inspect"});
    EXPECT_EQ(missing.exitCode, 2);
    EXPECT_THAT(missing.err, HasSubstr("needs PATH"));
    EXPECT_THAT(run({"runs"}).err, HasSubstr("needs a command"));
    EXPECT_THAT(run({"inspect", "x", "--filter"}).err, HasSubstr("--filter needs a value"));
}

TEST_F(Help, TakesEverythingAfterTwoDashesAsArguments) {
    const auto inspected = run({"inspect", "--", "--filter"});
    EXPECT_EQ(inspected.exitCode, 3);
    EXPECT_THAT(inspected.err, HasSubstr("nothing at --filter"));
}

TEST_F(Help, DoesNotTakeAnArgumentForACommand) {
    // a folder that is called like a command
    EXPECT_THAT(run({"inspect", "models"}).err, HasSubstr("nothing at models"));
}

TEST_F(Help, AnswersWithinFiftyMilliseconds) {
    auto fastest = std::chrono::duration<double>(1);
    for (int i = 0; i < 10; ++i)
        fastest = std::min({fastest, run({"--help"}).seconds, run({"runs", "list"}).seconds});
    EXPECT_LT(fastest.count(), 0.05);
}

TEST_F(Help, PrintsTheVersion) { EXPECT_THAT(run({"--version"}).out, StartsWith("vlmptq ")); }

TEST_F(Help, CompletesCommandsAndOptionsInThreeShells) {
    for (const char* shell : {"bash", "zsh", "fish"}) {
        const auto script = run({"completion", shell});
        EXPECT_EQ(script.exitCode, 0);
        EXPECT_THAT(script.out, HasSubstr("quantize"));
        EXPECT_THAT(script.out, HasSubstr("mu-grid"));
        EXPECT_THAT(script.out, Not(HasSubstr("help-all")));
    }
    EXPECT_EQ(run({"completion", "tcsh"}).exitCode, 2);
}

TEST_F(Help, CompletionScriptOffersWhatFitsInBash) {
    const std::string script =
        "eval \"$(" + (folderFrom("VLMPTQ_PROGRAM_DIR") / "vlmptq").string() +
        " completion bash)\"; COMP_WORDS=(vlmptq runs l); COMP_CWORD=2; cd /; _vlmptq; echo ${COMPREPLY[@]}";
    FILE* shell = ::popen(("bash -c '" + script + "'").c_str(), "r");
    ASSERT_TRUE(shell);
    std::array<char, 256> answer{};
    EXPECT_TRUE(std::fgets(answer.data(), answer.size(), shell));
    ::pclose(shell);
    EXPECT_THAT(answer.data(), StartsWith("list"));
}

}
