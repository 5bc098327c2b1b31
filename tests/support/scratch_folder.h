// scratch_folder.h - an empty folder of the running test, removed with everything in it.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace vlmptq::test {

class ScratchFolder {
public:
    ScratchFolder() {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        auto name = std::string("vlmptq_") + test->test_suite_name() + "_" + test->name() + "_XXXXXX";
        std::replace(name.begin(), name.end(), '/', '_');
        auto pattern = (std::filesystem::temp_directory_path() / name).string();
        if (!mkdtemp(pattern.data()))
            throw std::runtime_error("cannot make the folder " + pattern);
        m_path = pattern;
    }
    ~ScratchFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    const std::filesystem::path& path() const { return m_path; }
    std::filesystem::path operator/(const std::string& name) const { return m_path / name; }

private:
    std::filesystem::path m_path;
};

}
