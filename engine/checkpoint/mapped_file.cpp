#include "engine/checkpoint/mapped_file.h"

#include "engine/core/error.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace vlmptq::checkpoint {
namespace {

[[noreturn]] void failOpening(const std::filesystem::path& path, const std::string& reason) {
    throw Error(ErrorKind::BadInput, "E-FILE-01", "Could not read " + path.string() + ": " + reason + ".",
                "Check the path and that the file may be read.");
}

}

MappedFile::MappedFile(std::filesystem::path path) : m_path(std::move(path)) {
    const int file = ::open(m_path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        failOpening(m_path, std::strerror(errno));
    struct stat status {};
    const bool isRegular = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
    m_size = isRegular ? static_cast<std::size_t>(status.st_size) : 0;
    // An empty file cannot be mapped; it is an empty span.
    void* memory = m_size == 0 ? nullptr : ::mmap(nullptr, m_size, PROT_READ, MAP_PRIVATE, file, 0);
    const int cause = errno;
    ::close(file); // the mapping keeps the file alive
    if (!isRegular)
        failOpening(m_path, "it is not a regular file");
    if (memory == MAP_FAILED)
        failOpening(m_path, std::strerror(cause));
    m_bytes = static_cast<const std::byte*>(memory);
}

MappedFile::~MappedFile() {
    if (m_bytes)
        ::munmap(const_cast<std::byte*>(m_bytes), m_size);
}

void refuseLfsPointer(std::string_view content, const std::filesystem::path& path) {
    if (!content.starts_with("version https://git-lfs.github.com/"))
        return;
    throw Error(ErrorKind::BadInput, "E-CKPT-08",
                path.string() + " is a Git LFS pointer, not the file itself.",
                "Run 'git lfs pull' in that folder, or download the file from the model's page.");
}

}
