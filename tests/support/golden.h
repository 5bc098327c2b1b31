// golden.h - where the reference data of the tests are, and their JSON files.
#pragma once
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace vlmptq::test {

inline std::filesystem::path folderFrom(const char* variable) {
    const char* value = std::getenv(variable);
    if (!value || !*value)
        throw std::runtime_error(std::string(variable) + " is not set: run the tests by ctest");
    return value;
}

inline std::filesystem::path goldenDir() { return folderFrom("VLMPTQ_GOLDEN_DIR"); }
inline std::filesystem::path demoDir() { return folderFrom("VLMPTQ_DEMO_DIR"); }

inline nlohmann::json readJson(const std::filesystem::path& file) {
    std::ifstream stream(file);
    if (!stream)
        throw std::runtime_error("cannot open " + file.string());
    return nlohmann::json::parse(stream);
}

}
