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

    // From here on Ctrl-C asks for a stop. Called before the engine (its threads inherit the signal mask).
    Interruption& interruption();
    api::Engine& engine();

private:
    std::optional<Interruption> m_interruption;
    std::unique_ptr<api::Engine> m_engine;
};

}
