// Every file that is not a healthy, writable run database: what is said about it, and that nothing is lost.
#include "engine/core/error.h"
#include "engine/store/mount.h"
#include "engine/store/schema.h"
#include "engine/store/sqlite_run_store.h"
#include "support/scratch_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <sys/stat.h>
#include <unistd.h>

namespace vlmptq::store {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string refusal(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Database);
        return error.message();
    }
    return "accepted";
}

// The rights of files mean nothing to root; tests run as root in containers.
class AsOrdinaryUser {
public:
    AsOrdinaryUser() {
        if (geteuid() == 0 && seteuid(65534) == 0)
            m_wasRoot = true;
    }
    ~AsOrdinaryUser() {
        if (m_wasRoot && seteuid(0) != 0)
            abort();
    }

private:
    bool m_wasRoot = false;
};

class OpenDatabase : public ::testing::Test {
protected:
    fs::path database() const { return folder / "runs.db"; }
    void makeDatabase() { RunStore::open(database())->createRun(RunConfig()); }
    std::string open(bool readOnly = false) {
        return refusal([&] { RunStore::open(database(), readOnly); });
    }
    test::ScratchFolder folder;
};

TEST_F(OpenDatabase, MakesFileAndFolderWhenMissing) {
    const auto path = folder / "new/deep/runs.db";
    const auto store = RunStore::open(path);
    EXPECT_TRUE(fs::exists(path));
    EXPECT_FALSE(store->isReadOnly());
    EXPECT_EQ(store->notice(), "");
    EXPECT_EQ(store->path(), path);
    EXPECT_EQ(store->runsFolder(), folder / "new/deep/runs");
    Connection connection(path, OpenMode::ReadOnly);
    Statement mode(connection, "PRAGMA journal_mode");
    ASSERT_TRUE(mode.step());
    EXPECT_EQ(mode.text(0), "wal");
    EXPECT_EQ(connection.number("PRAGMA user_version"), std::ssize(schemaSteps()));
}

TEST_F(OpenDatabase, AMissingFileIsNotMadeByReading) {
    EXPECT_THAT(open(true), AllOf(HasSubstr("There is no run database"), HasSubstr("runs.db")));
    EXPECT_FALSE(fs::exists(database()));
}

TEST_F(OpenDatabase, AFolderThatCannotBeMadeIsNamed) {
    std::ofstream(folder / "file") << "x";
    EXPECT_THAT(refusal([&] { RunStore::open(folder / "file/runs.db"); }),
                HasSubstr((folder / "file").string()));
}

TEST_F(OpenDatabase, OddNamesAreNoParameters) {
    for (const char* name : {"a?mode=memory.db", "a#b.db", "100%25.db", "ü b.db"}) {
        RunStore::open(folder / name);
        EXPECT_TRUE(fs::exists(folder / name)) << name;
    }
}

TEST_F(OpenDatabase, RefusesWhatIsNoDatabase) {
    std::ofstream(database()) << std::string(4096, 'x');
    EXPECT_THAT(open(), HasSubstr("is not a database"));
    EXPECT_EQ(fs::file_size(database()), 4096u);
}

TEST_F(OpenDatabase, RefusesADatabaseOfAnotherProgramAndLeavesItAlone) {
    {
        Connection other(database(), OpenMode::Create);
        other.execute("CREATE TABLE note (text)");
    }
    const auto before = fs::file_size(database());
    EXPECT_THAT(open(), HasSubstr("database of another program"));
    EXPECT_EQ(fs::file_size(database()), before);
    Connection other(database(), OpenMode::ReadOnly);
    EXPECT_EQ(other.number("SELECT count(*) FROM sqlite_master"), 1);
}

TEST_F(OpenDatabase, SaysWhenTheFileIsDamaged) {
    makeDatabase();
    std::fstream(database(), std::ios::in | std::ios::out | std::ios::binary).seekp(100)
        << std::string(3000, '\xff');
    EXPECT_THAT(open(), HasSubstr("is damaged"));
}

TEST_F(OpenDatabase, SaysWhenAnotherProgramKeepsItLocked) {
    makeDatabase();
    Connection other(database(), OpenMode::Create);
    const auto store = SqliteRunStore::open(database(), {.busyTimeoutMilliseconds = 50});
    Transaction lock(other);
    EXPECT_THAT(refusal([&] { store->createRun(RunConfig(), RunState::Queued); }),
                HasSubstr("locked by another program"));
    EXPECT_THAT(store->runs(), SizeIs(1)) << "reading goes on";
}

TEST_F(OpenDatabase, ReadsADatabaseOfANewerProgramAndDoesNotWriteIt) {
    makeDatabase();
    Connection(database(), OpenMode::Create).execute("PRAGMA user_version = 1000");
    const auto store = RunStore::open(database());
    EXPECT_TRUE(store->isReadOnly());
    EXPECT_THAT(store->notice(), HasSubstr("newer version"));
    EXPECT_THAT(store->runs(), SizeIs(1));
    EXPECT_THAT(refusal([&] { store->renameRun(1, "x"); }), HasSubstr("newer version"));
}

TEST_F(OpenDatabase, AReaderCannotWrite) {
    makeDatabase();
    const auto store = RunStore::open(database(), true);
    EXPECT_TRUE(store->isReadOnly());
    EXPECT_EQ(store->notice(), "");
    EXPECT_THAT(store->runs(), SizeIs(1));
    EXPECT_THAT(refusal([&] { store->markInterrupted(); }), HasSubstr("open read-only"));
}

TEST_F(OpenDatabase, OpensReadOnlyWhereNothingMayBeWritten) {
    makeDatabase();
    fs::permissions(folder.path(), fs::perms(0555));
    fs::permissions(database(), fs::perms(0444));
    {
        AsOrdinaryUser user;
        const auto store = RunStore::open(database());
        EXPECT_TRUE(store->isReadOnly());
        EXPECT_THAT(store->notice(), HasSubstr("cannot be written"));
        EXPECT_THAT(store->runs(), SizeIs(1));
        EXPECT_THAT(open(true), "accepted");
        EXPECT_THAT(refusal([&] { RunStore::open(folder / "new.db"); }),
                    HasSubstr("new.db cannot be opened"));
    }
    fs::permissions(folder.path(), fs::perms(0755));
}

TEST_F(OpenDatabase, UsesARollbackJournalOnANetworkMountAndSaysSo) {
    const auto store = SqliteRunStore::open(database(), {.isOnNetwork = true});
    EXPECT_THAT(store->notice(), HasSubstr("network mount"));
    EXPECT_FALSE(store->isReadOnly());
    store->createRun(RunConfig(), RunState::Queued);
    Connection connection(database(), OpenMode::ReadOnly);
    Statement mode(connection, "PRAGMA journal_mode");
    ASSERT_TRUE(mode.step());
    EXPECT_EQ(mode.text(0), "delete");
}

TEST(Mount, KnowsNetworkFileSystemsByTheirType) {
    EXPECT_TRUE(isNetworkFileSystem(0x6969));     // NFS
    EXPECT_TRUE(isNetworkFileSystem(0xff534d42)); // CIFS
    EXPECT_TRUE(isNetworkFileSystem(static_cast<int>(0xfe534d42)));
    EXPECT_FALSE(isNetworkFileSystem(0xef53));     // ext4
    EXPECT_FALSE(isNetworkFileSystem(0x794c7630)); // overlay
    EXPECT_FALSE(isNetworkFileSystem(0x01021994)); // tmpfs
    EXPECT_FALSE(isOnNetwork("/proc/no/such/file"));
}

// Steps of a program two versions on.
constexpr std::array kLaterSteps{"CREATE TABLE first (a); INSERT INTO first VALUES (1)",
                                 "ALTER TABLE first ADD COLUMN b DEFAULT 5", "CREATE TABLE second (c)"};

class Migration : public OpenDatabase {
protected:
    Connection connection{database(), OpenMode::Create};
};

TEST_F(Migration, GoesStepByStepAfterABackupCopy) {
    EXPECT_EQ(migrate(connection, std::span(kLaterSteps).first(1)), fs::path())
        << "nothing to lose in an empty file";
    EXPECT_EQ(schemaState(connection, kLaterSteps), SchemaState::Older);
    const auto backup = migrate(connection, kLaterSteps);
    EXPECT_EQ(connection.number("SELECT a + b FROM first"), 6);
    EXPECT_EQ(connection.number("PRAGMA user_version"), 3);
    EXPECT_EQ(schemaState(connection, kLaterSteps), SchemaState::Current);
    ASSERT_TRUE(fs::exists(backup));
    Connection old(backup, OpenMode::ReadOnly);
    EXPECT_EQ(old.number("PRAGMA user_version"), 1);
    EXPECT_EQ(old.number("PRAGMA application_id"), kApplicationId);
    EXPECT_EQ(old.number("SELECT a FROM first"), 1);
    EXPECT_EQ(migrate(connection, kLaterSteps), fs::path()) << "nothing left to do";
}

TEST_F(Migration, AFailingStepChangesNothing) {
    migrate(connection, std::span(kLaterSteps).first(1));
    constexpr std::array kBroken{kLaterSteps[0], kLaterSteps[1], "CREATE GARBAGE"};
    EXPECT_THAT(refusal([&] { migrate(connection, kBroken); }), HasSubstr("GARBAGE"));
    EXPECT_EQ(connection.number("PRAGMA user_version"), 1);
    EXPECT_EQ(connection.number("SELECT count(*) FROM pragma_table_info('first')"), 1);
}

TEST_F(Migration, BackupCopiesDoNotReplaceEachOther) {
    migrate(connection, std::span(kLaterSteps).first(1));
    const auto first = migrate(connection, kLaterSteps);
    connection.execute(
        "PRAGMA user_version = 1; DROP TABLE second; DROP TABLE first; CREATE TABLE first (a)");
    const auto second = migrate(connection, kLaterSteps);
    EXPECT_NE(first, second);
    EXPECT_TRUE(fs::exists(first));
    EXPECT_TRUE(fs::exists(second));
}

// Step 2 makes the table of answers anew; what the first release wrote must come through.
TEST_F(Migration, ADatabaseOfTheFirstReleaseKeepsItsAnswersAndScores) {
    migrate(connection, schemaSteps().first(1));
    connection.execute(
        "INSERT INTO run (name, model, method, scheme, weight_bits, group_size, state, config, created_at) "
        "VALUES ('old', '/m', 'vlmptq', 'W3A16', 3, -1, 'finished', '{}', '2026-11-01T00:00:00Z');"
        "INSERT INTO bench_item (run, model, settings, benchmark, item, row, category, prompt, raw_answer, "
        "parsed, status, finish, answer, image_sha256, score, answer_nll, answer_tokens, token_ids, "
        "prompt_tokens, vision_tokens, prefill_seconds, decode_seconds, error) VALUES (1, '/m', 'f00d', "
        "'DemoChart', '7', 8, 'bar', 'How many?', ' 14', '14', 'ok', 'eos', '14', 'cafe', 1, 0.5, 3, "
        "'[5,6,2]', 60, 36, 0.0204, 0.01, '');"
        "INSERT INTO bench_score (run, model, model_fingerprint, evaluation, at, selection, benchmark, "
        "title, scorer, ruleset, items, scored, expected, score, answer_tokens, empty, unparsed, truncated, "
        "errors) VALUES (1, '/m', 'f', 1, '2026-11-01T00:00:00Z', 'all', 'DemoChart', 'DemoChart', "
        "'chartqa', 'lmms-eval/current', 1, 1, 200, 100, 3, 0, 0, 0, 0)");
    const auto store = RunStore::open(database());
    EXPECT_THAT(store->notice(), HasSubstr("brought up to date"));
    const auto items = store->items(1, {}, {});
    ASSERT_THAT(items, SizeIs(1));
    EXPECT_EQ(items[0].rawAnswer, " 14");
    EXPECT_EQ(items[0].parsed, "14");
    EXPECT_EQ(items[0].tokenIds, (std::vector<std::int64_t>{5, 6, 2}));
    EXPECT_EQ(items[0].imageSha256, "cafe");
    EXPECT_EQ(items[0].promptSha256, "") << "nobody knows it any more";
    EXPECT_EQ(items[0].settings, "{}");
    const auto scores = store->scores(1, {});
    ASSERT_THAT(scores, SizeIs(1));
    EXPECT_EQ(scores[0].score.score, 100);
    EXPECT_EQ(scores[0].score.manifest, "{}");
    store->deleteRun(1);
    EXPECT_EQ(connection.number("SELECT count(*) FROM bench_item"), 0) << "answers go with their run";
}

TEST(DefaultDatabase, FollowsTheEnvironment) {
    setenv("VLMPTQ_DB", "/srv/team.db", 1);
    EXPECT_EQ(defaultDatabase(), "/srv/team.db");
    unsetenv("VLMPTQ_DB");
    setenv("XDG_DATA_HOME", "/home/u/data", 1);
    EXPECT_EQ(defaultDatabase(), "/home/u/data/vlmptq/runs.db");
    unsetenv("XDG_DATA_HOME");
    setenv("HOME", "/home/u", 1);
    EXPECT_EQ(defaultDatabase(), "/home/u/.local/share/vlmptq/runs.db");
}

}
}
