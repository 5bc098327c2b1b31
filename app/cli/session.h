// session.h - what a command works with: the console, the options every command shares, the run database and
// (opened only when a command needs tensors) the engine. One per process.
#pragma once
#include "app/cli/console.h"
#include "app/cli/interruption.h"
#include "engine/api/engine.h"
#include "engine/store/run_store.h"

#include <functional>
#include <memory>
#include <optional>

namespace vlmptq::cli {

class Session {
public:
    Console console;
    ConsoleOptions consoleOptions;
    std::string databaseOption; // --db
    bool isJson = false, isCsv = false;
    std::function<int()> action; // set by the command that was named; returns the exit code

    std::filesystem::path database() const; // --db, else VLMPTQ_DB, else the user's own
    std::filesystem::path runsFolder() const;
    std::unique_ptr<store::RunStore> openStore();
    std::unique_ptr<store::RunStore> openStoreToRead(); // null when there is no database yet

    void noticeDeadRuns(); // runs whose process is gone become "interrupted"

    api::Engine& engine(); // opened on first use
    // For work that can be stopped: from here on Ctrl-C asks for it. The engine's threads inherit the signal
    // mask, so this comes before anything that opens the engine.
    Interruption& interruption();
    api::Engine& stoppableEngine();

private:
    std::optional<Interruption> m_interruption;
    std::unique_ptr<api::Engine> m_engine;
};

}
