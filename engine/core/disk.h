// disk.h - the sentence for everything that cannot be written: the path, how much it needs, what is free.
#pragma once
#include "engine/core/error.h"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace vlmptq {

bool isFullDisk(int cause); // errno of a full disk, a used-up quota or a limit on file sizes
// Of the disk that holds `path` or its nearest existing parent folder; absent when it does not tell.
std::optional<std::uint64_t> freeBytes(const std::filesystem::path& path);
// NoResource: `target` could not be written because of `cause` (errno). `neededBytes` 0: not known.
// `otherRemedy` is said beside freeing space, e.g. "use fewer samples".
Error writeError(const std::filesystem::path& target, int cause, std::uint64_t neededBytes = 0,
                 const std::string& otherRemedy = {});

}
