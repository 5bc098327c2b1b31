// atomic_file.h - a file that appears complete or not at all: temporary name in the same folder, fsync,
// rename, mode 0644 & ~umask. Bytes go through a 1 MiB buffer. One writer, one thread. Every failure is an
// Error (NoResource) that names the target; until commit() the target keeps its old content, and the
// temporary file is removed.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace vlmptq {

class AtomicFile {
public:
    // `expectedBytes` is only said when there is no room; 0: not known.
    explicit AtomicFile(std::filesystem::path target, std::uint64_t expectedBytes = 0);
    ~AtomicFile(); // without commit() the temporary file is removed
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    void write(std::span<const std::byte> bytes);
    void commit(); // on disk under its final name when this returns
    // Deletes what killed writers left behind. Only for a folder nobody else writes to.
    static void removeLeftovers(const std::filesystem::path& folder);
    const std::filesystem::path& target() const { return m_target; }

private:
    [[noreturn]] void fail(int cause) const;
    void flush();
    void writeThrough(std::span<const std::byte> bytes);

    std::filesystem::path m_target, m_temporary;
    std::uint64_t m_expectedBytes;
    std::vector<std::byte> m_buffer;
    int m_file = -1;
};

}
