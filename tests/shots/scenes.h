// scenes.h - every view of the Studio in each of its states, set up over the scripted engine.
#pragma once
#include "ui/studio_fixture.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

namespace vlmptq::test {

struct Scene {
    QString name; // "run_running"
    FakeScript script;
    std::function<void(Studio&)> before;      // fills the database; the window is not shown yet
    std::function<QWidget*(Studio&)> arrange; // returns what to photograph
    int textPercent = 100;
    QSize size{1440, 900};
    std::optional<ui::ThemeMode> onlyIn; // absent: both themes
};

std::vector<Scene> scenes();
// The pictures of the README, from the runs that `vlmptq demo` left in `database`.
std::vector<Scene> readmeScenes(const std::filesystem::path& database);

// Handles events until `ready` holds; false after `milliseconds`.
bool waitUntil(const std::function<bool()>& ready, int milliseconds = 10'000);
void settle(Studio&); // background work is done and everything is laid out

}
