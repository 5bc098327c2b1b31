// mapped_file.h - a file's bytes as read-only memory, brought in page by page by the system as they are
// touched. Immutable; any thread. Errors: Error (BadInput) naming the file.
#pragma once
#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

namespace vlmptq::checkpoint {

class MappedFile {
public:
    explicit MappedFile(std::filesystem::path);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    const std::filesystem::path& path() const { return m_path; }
    std::span<const std::byte> bytes() const { return {m_bytes, m_size}; }

private:
    std::filesystem::path m_path;
    const std::byte* m_bytes = nullptr;
    std::size_t m_size = 0;
};

// The small text that a checkout without Git LFS leaves in place of a large file. Throws Error when it is
// one.
void refuseLfsPointer(std::string_view content, const std::filesystem::path&);

}
