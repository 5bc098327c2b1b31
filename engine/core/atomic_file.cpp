#include "engine/core/atomic_file.h"

#include "engine/core/disk.h"
#include "engine/core/file.h"

#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace vlmptq {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 20;
constexpr const char* kTemporaryMark = ".tmp-";

// Unique among threads and processes, so that two writers of one target never share a temporary file.
std::filesystem::path temporaryName(const std::filesystem::path& target) {
    static std::atomic<unsigned> counter{0};
    auto name = target;
    name += kTemporaryMark + std::to_string(::getpid()) + "-" + std::to_string(counter++);
    return name;
}

}

AtomicFile::AtomicFile(std::filesystem::path target, std::uint64_t expectedBytes)
    : m_target(std::move(target)), m_temporary(temporaryName(m_target)), m_expectedBytes(expectedBytes) {
    m_buffer.reserve(kBufferBytes);
    m_file = ::open(m_temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (m_file < 0)
        fail(errno);
}

AtomicFile::~AtomicFile() {
    if (m_file >= 0)
        ::close(m_file);
    if (!m_temporary.empty())
        ::unlink(m_temporary.c_str());
}

void AtomicFile::fail(int cause) const { throw writeError(m_target, cause, m_expectedBytes); }

void AtomicFile::removeLeftovers(const std::filesystem::path& folder) {
    std::error_code ignored; // a leftover that cannot be deleted does no harm
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
        if (entry.path().filename().string().find(kTemporaryMark) != std::string::npos)
            std::filesystem::remove(entry.path(), ignored);
}

void AtomicFile::write(std::span<const std::byte> bytes) {
    if (m_buffer.size() + bytes.size() > kBufferBytes)
        flush();
    if (bytes.size() >= kBufferBytes)
        writeThrough(bytes);
    else
        m_buffer.insert(m_buffer.end(), bytes.begin(), bytes.end());
}

void AtomicFile::flush() {
    writeThrough(m_buffer);
    m_buffer.clear();
}

void AtomicFile::writeThrough(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(m_file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            fail(errno);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

void AtomicFile::commit() {
    flush();
    if (::fsync(m_file) != 0)
        fail(errno);
    // A network disk may report a failed write only on close.
    if (::close(std::exchange(m_file, -1)) != 0)
        fail(errno);
    if (::rename(m_temporary.c_str(), m_target.c_str()) != 0)
        fail(errno);
    m_temporary.clear();
    syncFolder(m_target.parent_path());
}

}
