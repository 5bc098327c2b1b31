// paths.h - where things are that no user names: the demo, the configuration file, the data folder. Pure
// look-ups; nothing is created. Reads the environment, so call it from one thread or before threads start.
#pragma once
#include <filesystem>
#include <optional>

namespace vlmptq::paths {

struct Demo {
    std::filesystem::path model, calibration, benchmarks; // folders
};

std::filesystem::path programFolder(); // of the running program

// $VLMPTQ_DEMO_DIR, else <program>/../share/vlmptq/demo, else resources/demo of the source tree it was built
// from.
std::optional<std::filesystem::path> findDemo();
Demo demo(); // throws Error (BadInput) that says where it was looked for

std::filesystem::path configFile(); // $XDG_CONFIG_HOME/vlmptq/config.json, else ~/.config/vlmptq/config.json
std::filesystem::path dataFolder(); // $XDG_DATA_HOME/vlmptq, else ~/.local/share/vlmptq

}
