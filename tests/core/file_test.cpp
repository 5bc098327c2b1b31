#include "engine/core/atomic_file.h"
#include "engine/core/file.h"
#include "support/error_of.h"
#include "support/file_size_limit.h"
#include "support/scratch_folder.h"

#include <fstream>
#include <sys/stat.h>

namespace vlmptq {
namespace {

using test::errorOf;
using test::expectRefusal;
using test::FileSizeLimit;
using test::ScratchFolder;

int filesIn(const std::filesystem::path& folder) {
    return static_cast<int>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

void append(AtomicFile& file, std::string_view text) { file.write(std::as_bytes(std::span(text))); }

TEST(File, IsReadBackAsWritten) {
    const ScratchFolder folder;
    const std::string content("a\0b\n", 4);
    writeFileAtomically(folder / "x", content);
    EXPECT_EQ(readFile(folder / "x"), content);
    EXPECT_EQ(filesIn(folder.path()), 1);
}

TEST(File, ReplacesTheOldContent) {
    const ScratchFolder folder;
    writeFileAtomically(folder / "x", "the old and longer content");
    writeFileAtomically(folder / "x", "new");
    EXPECT_EQ(readFile(folder / "x"), "new");
}

TEST(File, IsReadableForOthersAsTheUmaskSays) {
    const ScratchFolder folder;
    const auto before = ::umask(022);
    writeFileAtomically(folder / "x", "content");
    ::umask(before);
    struct stat status {};
    ASSERT_EQ(::stat((folder / "x").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0644u);
}

TEST(File, KeepsTheOldContentWhenTheDiskIsFull) {
    const ScratchFolder folder;
    writeFileAtomically(folder / "x", "old");
    const FileSizeLimit full(4096);
    const auto error = errorOf([&] { writeFileAtomically(folder / "x", std::string(5'000'000, 'n')); });
    expectRefusal(error, "E-DISK-01", (folder / "x").string(), ErrorKind::NoResource);
    EXPECT_EQ(readFile(folder / "x"), "old");
    EXPECT_EQ(filesIn(folder.path()), 1);
}

TEST(File, NamesTheTargetInAFolderThatDoesNotExist) {
    const ScratchFolder folder;
    const auto target = folder.path() / "missing" / "x";
    expectRefusal(errorOf([&] { writeFileAtomically(target, "content"); }), "E-DISK-02", target.string(),
                  ErrorKind::NoResource);
}

TEST(File, RefusesToReadWhatIsNotThere) {
    const ScratchFolder folder;
    expectRefusal(errorOf([&] { readFile(folder / "x"); }), "E-FILE-01", (folder / "x").string());
    expectRefusal(errorOf([&] { readFile(folder.path()); }), "E-FILE-01", "is a folder");
}

TEST(File, RefusesToReadMoreThanTheLimit) {
    const ScratchFolder folder;
    writeFileAtomically(folder / "x", "12345");
    EXPECT_EQ(readFile(folder / "x", 5), "12345");
    expectRefusal(errorOf([&] { readFile(folder / "x", 4); }), "E-FILE-01",
                  "larger than the limit of 4 bytes");
}

TEST(File, ReadsFilesThatReportNoSize) {
    EXPECT_THAT(readFile("/proc/self/status"), testing::HasSubstr("Name:"));
}

TEST(AtomicFile, LeavesTheTargetAloneWithoutCommit) {
    const ScratchFolder folder;
    writeFileAtomically(folder / "x", "old");
    {
        AtomicFile file(folder / "x");
        append(file, std::string(3'000'000, 'n'));
        EXPECT_EQ(readFile(folder / "x"), "old");
    }
    EXPECT_EQ(readFile(folder / "x"), "old");
    EXPECT_EQ(filesIn(folder.path()), 1);
}

TEST(AtomicFile, KeepsTheOrderOfSmallAndLargePieces) {
    const ScratchFolder folder;
    std::string expected;
    AtomicFile file(folder / "x");
    for (const std::size_t size : {10u, 3'000'000u, 1u, 0u, (1u << 20) - 1, 2u, 1u << 20}) {
        const std::string piece(size, static_cast<char>('a' + expected.size() % 26));
        append(file, piece);
        expected += piece;
    }
    file.commit();
    EXPECT_TRUE(readFile(folder / "x") == expected);
}

TEST(AtomicFile, DeletesWhatKilledWritersLeft) {
    const ScratchFolder folder;
    writeFileAtomically(folder / "keep", "content");
    std::ofstream(folder / "layer-000.safetensors.tmp-4711-0") << "half";
    AtomicFile::removeLeftovers(folder.path());
    EXPECT_EQ(filesIn(folder.path()), 1);
    EXPECT_EQ(readFile(folder / "keep"), "content");
}

}
}
