#include "app/cli/session.h"

#include "engine/api/load_engine.h"

namespace fs = std::filesystem;

namespace vlmptq::cli {

fs::path Session::database() const {
    return databaseOption.empty() ? store::defaultDatabase() : fs::path(databaseOption);
}

fs::path Session::runsFolder() const { return database().parent_path() / "runs"; }

std::unique_ptr<store::RunStore> Session::openStore() {
    auto opened = store::RunStore::open(database());
    if (const auto notice = opened->notice(); !notice.empty())
        console.warn(notice);
    if (!opened->isReadOnly())
        opened->markInterrupted();
    return opened;
}

std::unique_ptr<store::RunStore> Session::openStoreToRead() {
    if (!fs::exists(database())) {
        const auto folder = fs::absolute(database()).parent_path();
        if (!databaseOption.empty() && !fs::is_directory(folder))
            throw Error(ErrorKind::Database, "E-CLI-10",
                        "There is no folder " + folder.string() + " for the database " + database().string() +
                            ".",
                        "Check the path given with --db.");
        return nullptr;
    }
    return store::RunStore::open(database(), true);
}

Interruption& Session::interruption() {
    if (!m_interruption)
        m_interruption.emplace(console);
    return *m_interruption;
}

void Session::noticeDeadRuns() {
    if (fs::exists(database()))
        openStore();
}

api::Engine& Session::stoppableEngine() {
    interruption();
    return engine();
}

api::Engine& Session::engine() {
    if (!m_engine) {
        console.detail("opening the engine");
        m_engine = api::loadEngine();
    }
    return *m_engine;
}

}
