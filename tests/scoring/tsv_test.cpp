#include "engine/evaluation/tsv_image_cell.h"
#include "engine/evaluation/tsv_list.h"
#include "engine/evaluation/tsv_reader.h"
#include "engine/evaluation/tsv_utf8.h"
#include "support/scratch_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>

namespace vlmptq::evaluation {
namespace {

using testing::ElementsAre;
using List = std::vector<std::string>;

struct Table {
    List columns;
    std::vector<List> rows;
    std::vector<std::size_t> cells;
    std::vector<std::int64_t> lines;
    std::vector<ImageCell> images; // of the column "image"
    TsvSummary summary;
};

Table tableOf(const std::filesystem::path& file, std::stop_token stop = {}) {
    Table table;
    TsvHandler handler;
    handler.header = [&](const List& columns) {
        table.columns = columns;
        std::vector<ColumnUse> uses;
        for (const auto& name : columns)
            uses.push_back(name == "image" ? ColumnUse::Image : ColumnUse::Text);
        return uses;
    };
    handler.record = [&](TsvRecord& record) {
        table.rows.push_back(record.texts);
        table.cells.push_back(record.cells);
        table.lines.push_back(record.line);
        if (table.columns.back() == "image")
            table.images.push_back(record.images.back());
    };
    table.summary = readTsv(file, handler, stop);
    return table;
}

class TsvReading : public testing::Test {
protected:
    std::filesystem::path write(const std::string& content) const {
        std::ofstream(scratch / "x.tsv", std::ios::binary) << content;
        return scratch / "x.tsv";
    }
    Table read(const std::string& content) const { return tableOf(write(content)); }
    std::string refusal(const std::string& content) const {
        try {
            read(content);
        } catch (const BenchmarkError& error) {
            return error.id() + " " + std::to_string(error.problem().line);
        }
        return "read";
    }
    test::ScratchFolder scratch;
};

TEST_F(TsvReading, QuotedCellsHoldTabsLinesAndDoubledQuotes) {
    const Table table = read("a\tb\n\"x\ty\n\"\"z\"\"\"\t1\nplain \"quote\"\t\"\"\n");
    EXPECT_THAT(table.rows, ElementsAre(List{"x\ty\n\"z\"", "1"}, List{"plain \"quote\"", ""}));
    EXPECT_THAT(table.lines, ElementsAre(2, 4));
}

TEST_F(TsvReading, CarriageReturnBelongsToTheLineEndOnly) {
    const Table table = read("a\tb\r\nx\ry\t\"q\r\n\"\r\n\t\r\n");
    EXPECT_THAT(table.rows, ElementsAre(List{"x\ry", "q\r\n"}, List{"", ""}));
}

TEST_F(TsvReading, CompletelyEmptyRecordsAreSkipped) {
    const Table table = read("a\tb\n\n1\t2\n\r\n3\t4\n\n");
    EXPECT_THAT(table.rows, ElementsAre(List{"1", "2"}, List{"3", "4"}));
    EXPECT_THAT(table.lines, ElementsAre(3, 5));
}

TEST_F(TsvReading, LastRecordMayLackItsLineEnd) {
    const Table table = read("a\tb\n1\t");
    EXPECT_THAT(table.rows, ElementsAre(List{"1", ""}));
    EXPECT_FALSE(table.summary.endsWithLineEnd);
    EXPECT_TRUE(read("a\tb\n1\t2\n").summary.endsWithLineEnd);
}

TEST_F(TsvReading, CountsCellsOfBadRecords) {
    EXPECT_THAT(read("a\tb\n1\n1\t2\t3\n").cells, ElementsAre(1u, 3u));
}

TEST_F(TsvReading, ByteOrderMarkIsNoPartOfTheFirstName) {
    EXPECT_THAT(read("\xEF\xBB\xBF"
                     "a\tb\n")
                    .columns,
                ElementsAre("a", "b"));
}

// Every split of the stream into blocks must give the same cells: a quote, a CRLF and a two-byte character
// cross the border.
TEST_F(TsvReading, CellsMayCrossBlocks) {
    constexpr std::size_t kBlock = std::size_t(1) << 20;
    const std::string head = "a\tb\n1\t";
    for (const std::string tail : {"\"x\"\"y\"\r\n", "é\r\n", "\"q\"\n"})
        for (std::size_t shift = 0; shift <= tail.size(); ++shift) {
            const bool isQuoted = tail[0] == '"';
            const std::string filler(kBlock - head.size() - shift - (isQuoted ? 3 : 0), 'f');
            const std::string first = isQuoted ? "\"" + filler + "\"\n" : filler + "\n";
            const Table table = read(head + first + "2\t" + tail.substr(0));
            ASSERT_EQ(table.rows.size(), 2u);
            EXPECT_EQ(table.rows[0][1], filler);
            EXPECT_EQ(table.rows[1][1], tail[0] != '"' ? "é" : tail.size() > 5 ? "x\"y" : "q");
        }
}

TEST_F(TsvReading, ImageCellsAreFoundNotKept) {
    const std::string data(100'000, 'A');
    const std::string content =
        "i\timage\n0\t" + data + "\n1\t\"" + data + "\"\r\n2\t 0 \n3\t['AAAA', 'AAAA']\n4\t\n";
    const Table table = read(content);
    ASSERT_EQ(table.images.size(), 5u);
    const auto raw = [&](int i) { return content.substr(table.images[i].offset, table.images[i].length); };
    EXPECT_EQ(raw(0), data);
    EXPECT_EQ(unquoted(raw(1)), data);
    EXPECT_EQ(table.images[0].kind, ImageCell::Kind::Data);
    EXPECT_EQ(table.images[2].kind, ImageCell::Kind::Reference);
    EXPECT_EQ(table.images[2].reference, "0");
    EXPECT_EQ(table.images[3].kind, ImageCell::Kind::List);
    EXPECT_EQ(table.images[4].kind, ImageCell::Kind::Empty);
}

TEST_F(TsvReading, NamesTheLineAQuoteOpensIn) {
    EXPECT_EQ(refusal("a\tb\n1\t2\n3\t\"4\n5\t6\n"), "E_QUOTE 3");
}

TEST_F(TsvReading, RefusesOtherEncodings) {
    EXPECT_EQ(refusal("a\tb\n1\t\xFF\n"), "E_ENCODING 0");
    EXPECT_EQ(refusal("a\tb\n1\t2\xC3"), "E_ENCODING 0");
    EXPECT_EQ(refusal(std::string("a\tb\n\0\t2\n", 8)), "E_ENCODING 0");
}

TEST_F(TsvReading, RefusesFilesThatAreNone) {
    EXPECT_EQ(refusal(""), "E_FILE_EMPTY 0");
    EXPECT_EQ(refusal("\n\n"), "E_FILE_EMPTY 0");
    EXPECT_EQ(refusal("a,b\n1,2\n"), "E_NOT_TSV 1");
    EXPECT_THROW(tableOf(scratch / "absent.tsv"), Error);
}

TEST_F(TsvReading, StopsWhenAsked) {
    std::stop_source source;
    source.request_stop();
    const auto file = write("a\tb\n1\t2\n");
    try {
        tableOf(file, source.get_token());
        FAIL() << "was not stopped";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Stopped);
    }
}

TEST(Utf8Check, FindsTheFirstBadCharacterWhereverTheBlocksEnd) {
    const std::string text = "abcdefgh é图\U0001F600 ";
    for (const std::string bad : {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x28", "\x80", "\xFE"})
        for (std::size_t split = 0; split <= text.size(); ++split) {
            Utf8Check check;
            EXPECT_FALSE(check.feed(text.substr(0, split)));
            EXPECT_EQ(check.feed(text.substr(split) + bad + "tail"), text.size()) << split;
        }
    Utf8Check cut;
    EXPECT_FALSE(cut.feed("ab\xE5\x9B"));
    EXPECT_EQ(cut.finish(), 2u);
}

TEST(ListLiteral, ReadsPythonsTexts) {
    EXPECT_EQ(parseListLiteral(R"(['a', "it's", 'tab\t', 'say \'x\'', "\x41\u00e9\U0001F600\q"])"),
              (List{"a", "it's", "tab\t", "say 'x'", "Aé\U0001F600\\q"}));
    EXPECT_EQ(parseListLiteral(" [ 'a' ,\n 12, -1.5e3 , ] "), (List{"a", "12", "-1.5e3"}));
    EXPECT_EQ(parseListLiteral("[]"), List{});
}

TEST(ListLiteral, RefusesEverythingElse) {
    for (const char* text :
         {"", "a", "['a'", "['a' 'b']", "['a',, 'b']", "[,]", "['a'] x", "[__import__('os')]", "[None]",
          "['\\x4']", "['\\ud800']", "['\\U00110000']", "['a\\", "[['a']]"})
        EXPECT_FALSE(parseListLiteral(text)) << text;
}

std::string decoded(const std::string& text) {
    const auto bytes = decodeBase64(text);
    return {bytes.begin(), bytes.end()};
}

TEST(Base64, IgnoresBlanksAndMissingPadding) {
    EXPECT_EQ(decoded("aGVsbG8="), "hello");
    EXPECT_EQ(decoded("aGVs\n bG8"), "hello");
    EXPECT_EQ(decoded("data:image/png;base64,aGVsbG8="), "hello");
    EXPECT_EQ(decoded("+/+/"), "\xFB\xFF\xBF");
}

TEST(Base64, RefusesIllegalCharactersAndLengths) {
    for (const char* text :
         {"aGV-bG8=", "aGVsbG8=a", "aGVsb", "a", "====", "aGVs====", "", "data:image/png,aGVs", "aéVs"})
        EXPECT_THROW(decodeBase64(text), std::invalid_argument) << text;
}

TEST(Base64, IsCheckedInPieces) {
    const std::string good = "data:image/png;base64," + std::string(1000, 'Q'), bad = good + "*";
    for (std::size_t split = 0; split < good.size(); split += 7) {
        Base64Check check, badCheck;
        check.feed(good.substr(0, split));
        check.feed(good.substr(split));
        EXPECT_FALSE(check.problem());
        badCheck.feed(bad.substr(0, split));
        badCheck.feed(bad.substr(split));
        EXPECT_TRUE(badCheck.problem());
    }
}

TEST(ImageCell, OfAtMost64CharactersIsAReference) {
    ImageCellScan shortText, longText, wide;
    shortText.feed(std::string(64, 'A'));
    longText.feed(std::string(68, 'A'));
    std::string index;
    for (int i = 0; i < 64; ++i)
        index += "图";
    wide.feed(index);
    EXPECT_EQ(shortText.finish().kind, ImageCell::Kind::Reference);
    EXPECT_EQ(longText.finish().kind, ImageCell::Kind::Data);
    EXPECT_EQ(wide.finish().reference, index);
}

}
}
