#include "engine/core/disk.h"

#include "engine/core/text.h"

#include <cerrno>
#include <cstring>

namespace vlmptq {
namespace {

namespace fs = std::filesystem;

std::string roomText(const fs::path& target, int cause, std::uint64_t neededBytes) {
    std::vector<std::string> parts;
    if (neededBytes > 0)
        parts.push_back("it needs " + bytesText(neededBytes));
    // Against a quota or a limit on file sizes the free space of the disk says nothing.
    if (const auto free = freeBytes(target); free && cause == ENOSPC)
        parts.push_back(bytesText(*free) + (*free == 1 ? " is free" : " are free"));
    return parts.empty() ? "" : " (" + join(parts, ", ") + ")";
}

std::string remedyFor(int cause, const std::string& otherRemedy) {
    const std::string first =
        cause == EFBIG ? "Raise the limit on the size of files (ulimit -f)" : "Free some space";
    return first +
           (otherRemedy.empty() ? " or choose another disk" : ", choose another disk, " + otherRemedy) +
           "; nothing that was there before is lost.";
}

}

bool isFullDisk(int cause) { return cause == ENOSPC || cause == EDQUOT || cause == EFBIG; }

std::optional<std::uint64_t> freeBytes(const fs::path& path) {
    std::error_code failure;
    fs::path existing = fs::absolute(path, failure);
    while (!fs::exists(existing, failure) && existing.has_relative_path())
        existing = existing.parent_path();
    const auto space = fs::space(existing, failure);
    return failure ? std::nullopt : std::optional<std::uint64_t>(space.available);
}

Error writeError(const fs::path& target, int cause, std::uint64_t neededBytes,
                 const std::string& otherRemedy) {
    const auto sentence = "Could not write " + target.string() + roomText(target, cause, neededBytes) + ": " +
                          std::strerror(cause) + ".";
    if (isFullDisk(cause))
        return {ErrorKind::NoResource, "E-DISK-01", sentence, remedyFor(cause, otherRemedy)};
    return {ErrorKind::NoResource, "E-DISK-02", sentence, "Check that the folder exists and may be written."};
}

}
