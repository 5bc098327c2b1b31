// Several processes on one database: a live reader, a killed writer, who works on a run.
#include "engine/core/error.h"
#include "engine/store/run_process.h"
#include "engine/store/run_store.h"
#include "engine/store/sqlite.h"
#include "support/fake_engine.h"
#include "support/scratch_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <functional>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace vlmptq::store {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// `work` in another process, which never runs the tests' own clean-up.
class OtherProcess {
public:
    explicit OtherProcess(const std::function<void()>& work) : m_pid(fork()) {
        if (m_pid != 0)
            return;
        try {
            work();
            _exit(0);
        } catch (...) {
            _exit(1);
        }
    }
    ~OtherProcess() { kill(); }
    void kill() {
        if (m_pid > 0)
            ::kill(m_pid, SIGKILL);
        wait();
    }
    int wait() { // exit status; -1: killed
        if (m_pid <= 0)
            return m_status;
        int status = 0;
        waitpid(m_pid, &status, 0);
        m_pid = 0;
        return m_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    pid_t m_pid;
    int m_status = -1;
};

class Processes : public ::testing::Test {
protected:
    Processes() { run = RunStore::open(database)->createRun(RunConfig()); }

    // Waits for what another process does; a connection of its own each time, as after a fork.
    bool eventually(const std::function<bool(RunStore&)>& condition) {
        const auto store = RunStore::open(database, true);
        for (int i = 0; i < 1000; ++i, std::this_thread::sleep_for(10ms))
            if (condition(*store))
                return true;
        return false;
    }
    void change(const std::string& sql) { Connection(database, OpenMode::Create).execute(sql); }
    void makeSilent() { change("UPDATE run SET heartbeat_at = '2026-01-01T00:00:00Z'"); }
    RunState state() { return requireRun(*RunStore::open(database), run).state; }

    test::ScratchFolder folder;
    std::filesystem::path database = folder / "runs.db";
    RunId run = 0;
    test::FakeScript script;
};

void saveLayersForever(const std::filesystem::path& database, RunId run) {
    const auto store = RunStore::open(database);
    store->claim(run);
    for (int layer = 0;; ++layer)
        store->saveLayer(run, test::scriptedLayer({}, RunConfig(), layer));
}

TEST_F(Processes, AReaderSeesLayersWhileTheyAreWritten) {
    OtherProcess writer([&] { saveLayersForever(database, run); });
    std::int64_t version = -1;
    int changes = 0, layers = 0;
    EXPECT_TRUE(eventually([&](RunStore& store) {
        if (const auto now = store.dataVersion(); now != version)
            version = now, ++changes;
        const auto seen = store.layers(run, layers);
        for (const auto& layer : seen) {
            EXPECT_EQ(layer.layer, layers++);
            EXPECT_THAT(layer.modules, SizeIs(7)) << "half a layer";
        }
        return layers >= 20 && changes >= 3;
    }));
}

TEST_F(Processes, AfterAKillTheDatabaseIsWholeAndTheRunCanBeTakenOver) {
    for (int round = 0; round < 5; ++round) {
        OtherProcess writer([&] { saveLayersForever(database, run); });
        ASSERT_TRUE(
            eventually([&](RunStore& store) { return requireRun(store, run).layersDone >= 3 * round + 3; }));
        writer.kill();
        const auto store = RunStore::open(database);
        const auto done = requireRun(*store, run).layersDone;
        const auto layers = store->layers(run);
        ASSERT_EQ(static_cast<int>(layers.size()), done);
        for (const auto& layer : layers)
            ASSERT_THAT(layer.modules, SizeIs(7));
        EXPECT_EQ(Connection(database, OpenMode::ReadOnly)
                      .number("SELECT count(*) FROM pragma_integrity_check "
                              "WHERE integrity_check <> 'ok'"),
                  0);
        store->claim(run);
        store->dropLayersFrom(run, 0);
        store->setState(run, RunState::Stopped);
    }
}

TEST_F(Processes, TwoThatMakeTheSameNewDatabaseDoNotFail) {
    const auto path = folder / "new.db";
    const auto create = [&] { RunStore::open(path)->createRun(RunConfig()); };
    OtherProcess first(create), second(create), third(create);
    EXPECT_EQ(first.wait(), 0);
    EXPECT_EQ(second.wait(), 0);
    EXPECT_EQ(third.wait(), 0);
    EXPECT_THAT(RunStore::open(path)->runs(), SizeIs(3));
}

TEST_F(Processes, ARunIsWorkedOnByOneProcessOnly) {
    OtherProcess worker([&] {
        RunStore::open(database)->claim(run);
        std::this_thread::sleep_for(60s);
    });
    ASSERT_TRUE(
        eventually([&](RunStore& store) { return requireRun(store, run).state == RunState::Running; }));
    const auto store = RunStore::open(database);
    for (const auto& action :
         std::vector<std::function<void()>>{[&] { store->claim(run); }, [&] { store->deleteRun(run); }})
        try {
            action();
            ADD_FAILURE() << "two workers";
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), HasSubstr("is working on it"));
        }
    worker.kill();
    EXPECT_NO_THROW(store->claim(run)) << "the dead do not hold a run, whatever their last heartbeat";
}

TEST_F(Processes, OnlyRunsOfTheDeadAreInterrupted) {
    OtherProcess worker([&] {
        RunStore::open(database)->claim(run);
        std::this_thread::sleep_for(60s);
    });
    ASSERT_TRUE(
        eventually([&](RunStore& store) { return requireRun(store, run).state == RunState::Running; }));
    makeSilent();
    EXPECT_EQ(RunStore::open(database)->markInterrupted(), 0) << "suspended, not dead";
    RunStore::open(database)->heartbeat(run);
    worker.kill();
    EXPECT_EQ(RunStore::open(database)->markInterrupted(), 1) << "dead, however lately heard of";
    const auto record = requireRun(*RunStore::open(database), run);
    EXPECT_EQ(record.state, RunState::Interrupted);
    EXPECT_TRUE(record.isResumable());
    EXPECT_EQ(RunStore::open(database)->markInterrupted(), 0);
}

TEST_F(Processes, OfOtherHostsOnlyTheHeartbeatIsKnown) {
    RunStore::open(database)->claim(run);
    change("UPDATE run SET host = 'far-away', pid = 1");
    const auto store = RunStore::open(database);
    EXPECT_EQ(store->markInterrupted(), 0);
    EXPECT_THROW(store->claim(run), Error);
    makeSilent();
    EXPECT_EQ(store->markInterrupted(), 1);
}

TEST_F(Processes, AReusedProcessNumberIsNotTheSameProcess) {
    auto process = thisProcess();
    EXPECT_TRUE(isAlive(process));
    EXPECT_TRUE(isOnThisHost(process));
    process.startTicks -= 1;
    EXPECT_FALSE(isAlive(process));
}

TEST_F(Processes, ARequestOfOneProcessReachesTheOther) {
    OtherProcess worker([&] {
        const auto store = RunStore::open(database);
        store->claim(run);
        for (int i = 0; i < 1000; ++i, std::this_thread::sleep_for(10ms))
            if (store->takeControl(run) == Control::PauseAfterLayer)
                return store->setState(run, RunState::Paused);
        throw std::runtime_error("nothing came");
    });
    ASSERT_TRUE(
        eventually([&](RunStore& store) { return requireRun(store, run).state == RunState::Running; }));
    RunStore::open(database)->requestControl(run, Control::PauseAfterLayer);
    EXPECT_EQ(worker.wait(), 0);
    EXPECT_EQ(state(), RunState::Paused);
}

}
}
