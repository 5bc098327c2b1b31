#include "engine/core/table.h"

#include <gtest/gtest.h>

using vlmptq::Align;
using vlmptq::Table;

namespace {

Table sample() {
    Table table({{"name"}, {"error", Align::Right}});
    table.add({"q_proj", "0.1"});
    table.add({"down, \"wide\"", "12.25"});
    return table;
}

TEST(Table, AlignsTextLeftAndNumbersRight) {
    EXPECT_EQ(sample().aligned(), "name          error\n"
                                  "q_proj          0.1\n"
                                  "down, \"wide\"  12.25\n");
    EXPECT_EQ(sample().width(), 19u);
}

TEST(Table, QuotesCsvCellsThatNeedIt) {
    EXPECT_EQ(sample().csv(), "name,error\nq_proj,0.1\n\"down, \"\"wide\"\"\",12.25\n");
}

TEST(Table, EscapesBarsInMarkdown) {
    Table table({{"a|b"}, {"n", Align::Right}});
    table.add({"x\ny", "1"});
    EXPECT_EQ(table.markdown(), "| a\\|b | n |\n| --- | ---: |\n| x y | 1 |\n");
}

TEST(Table, CountsWhatATerminalShows) {
    EXPECT_EQ(vlmptq::displayWidth("μ 4/6"), 5u);
    EXPECT_EQ(vlmptq::displayWidth("中文"), 4u);
    EXPECT_EQ(vlmptq::displayWidth("e\xCC\x81"), 1u); // e with a combining acute
    EXPECT_EQ(vlmptq::displayWidth("\xFF"), 1u);
}

TEST(Table, WritesFactsWithTheirValuesInOneColumn) {
    EXPECT_EQ(vlmptq::factLines({{"run", "7"}, {"answer_list_broken", "0.0"}}), "run                 7\n"
                                                                                "answer_list_broken  0.0\n");
}

TEST(Table, PicksColumnsInTheGivenOrder) {
    EXPECT_EQ(sample().only({1, 0}).csv(), "error,name\n0.1,q_proj\n12.25,\"down, \"\"wide\"\"\"\n");
}

}
