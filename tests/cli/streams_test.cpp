// Data on stdout, everything else on stderr; colours, locales and pipes.
#include "program.h"

#include <gmock/gmock.h>

using namespace vlmptq::test;
using testing::HasSubstr;
using testing::Not;

namespace {

class Streams : public ProgramTest {};

TEST_F(Streams, EndQuietlyWhenThePipeIsClosed) {
    Program program({"inspect", model()}, environment());
    program.closeOutput();
    const auto closed = program.wait();
    EXPECT_EQ(closed.exitCode, 0);
    EXPECT_EQ(closed.err, "");
}

TEST_F(Streams, ReportAFullDisk) {
    const std::string command =
        (folderFrom("VLMPTQ_PROGRAM_DIR") / "vlmptq").string() + " methods > /dev/full 2>/dev/null";
    EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 4);
}

TEST_F(Streams, CarryColourOnlyWhenAsked) {
    EXPECT_THAT(run({"layers", "99"}).err, Not(HasSubstr("\x1b[")));
    EXPECT_THAT(run({"layers", "99", "--color", "always"}).err, HasSubstr("\x1b[31m"));
    EXPECT_THAT(run({"layers", "99", "--color", "never"}, {{"NO_COLOR", "1"}}).err, Not(HasSubstr("\x1b[")));
}

TEST_F(Streams, AreAsciiWithoutUtf8) {
    EXPECT_THAT(run({"help", "quantize"}).out, HasSubstr("μ"));
    const auto plain = run({"help", "quantize"}, {{"LC_ALL", "C"}});
    EXPECT_THAT(plain.out, HasSubstr("(mu)"));
    EXPECT_TRUE(std::all_of(plain.out.begin(), plain.out.end(),
                            [](char c) { return static_cast<unsigned char>(c) < 128; }));
}

TEST_F(Streams, DrawABarOnlyWhenForcedOffATerminal) {
    const auto plain = runScripted({"quantize", model()});
    EXPECT_THAT(plain.err, Not(HasSubstr("\r")));
    const auto bar = runScripted({"quantize", model(), "--progress", "bar"}, {{"SCRIPT_MODULE_MS", "10"}});
    EXPECT_THAT(bar.err, HasSubstr("\r\x1b[K"));
    EXPECT_THAT(bar.err, HasSubstr("quantize 1"));
    const auto none = runScripted({"quantize", model(), "-q"});
    EXPECT_EQ(none.err, "");
    EXPECT_THAT(none.out, HasSubstr("run 3"));
}

TEST_F(Streams, StayFreeOfMessagesOnStdout) {
    const auto made = runScripted({"quantize", model(), "-v"});
    EXPECT_EQ(std::count(made.out.begin(), made.out.end(), '\n'), 1);
    EXPECT_EQ(maskedNumbers(made.out), "run #  demo-w#-vlmptq  vlmptq  W#A#  finished # s  mean held-out "
                                       "error #  whole model # MB -> # MB\n");
}

}
