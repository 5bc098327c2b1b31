#include "engine/core/file.h"

#include "engine/core/atomic_file.h"
#include "engine/core/error.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <span>
#include <sys/stat.h>
#include <unistd.h>

namespace vlmptq {
namespace {

class Descriptor {
public:
    Descriptor(const std::filesystem::path& path, int flags)
        : m_number(::open(path.c_str(), flags | O_CLOEXEC)) {}
    ~Descriptor() {
        if (m_number >= 0)
            ::close(m_number);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    bool isOpen() const { return m_number >= 0; }
    int number() const { return m_number; }

private:
    int m_number;
};

[[noreturn]] void failReading(const std::filesystem::path& path, const std::string& reason,
                              const char* hint) {
    throw Error(ErrorKind::BadInput, "E-FILE-01", "Could not read " + path.string() + ": " + reason + ".",
                hint);
}

[[noreturn]] void failReading(const std::filesystem::path& path, int cause) {
    failReading(path, std::strerror(cause), "Check the path and that the file may be read.");
}

}

void writeFileAtomically(const std::filesystem::path& path, std::string_view content) {
    AtomicFile file(path, content.size());
    file.write(std::as_bytes(std::span(content)));
    file.commit();
}

std::string readFile(const std::filesystem::path& path, std::uint64_t limitBytes) {
    const Descriptor file(path, O_RDONLY);
    struct stat status {};
    if (!file.isOpen() || ::fstat(file.number(), &status) != 0)
        failReading(path, errno);
    if (S_ISDIR(status.st_mode))
        failReading(path, "it is a folder", "Name a file.");

    // The size is only a first guess: pipes and /proc files report 0, and a file may grow while it is read.
    std::string content;
    const auto expected = static_cast<std::uint64_t>(status.st_size);
    std::size_t used = 0;
    content.resize(static_cast<std::size_t>(std::min(expected, limitBytes)) + 1);
    while (true) {
        const auto got = ::read(file.number(), content.data() + used, content.size() - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            failReading(path, errno);
        if (got == 0)
            break;
        used += static_cast<std::size_t>(got);
        if (used > limitBytes)
            failReading(path, "it is larger than the limit of " + std::to_string(limitBytes) + " bytes",
                        "This is probably not the kind of file that belongs here.");
        if (used == content.size())
            content.resize(2 * content.size());
    }
    content.resize(used);
    return content;
}

void syncFolder(const std::filesystem::path& folder) {
    const Descriptor directory(folder.empty() ? std::filesystem::path(".") : folder, O_RDONLY | O_DIRECTORY);
    // Some file systems refuse fsync on a folder (EINVAL); there the rename is as durable as it gets.
    if (!directory.isOpen() || (::fsync(directory.number()) != 0 && errno != EINVAL))
        throw Error(ErrorKind::NoResource, "E-DISK-03",
                    "Could not make the change in folder " + folder.string() +
                        " durable: " + std::strerror(errno) + ".",
                    "Check the disk.");
}

}
