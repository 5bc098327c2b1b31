// file.h - the one way files are written: temporary name in the same folder, fsync, rename. And whole-file
// reading with a limit. Throws Error: NoResource for a full or unwritable disk, BadInput for a missing or
// unreadable file.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace vlmptq {

void writeFileAtomically(const std::filesystem::path&, std::string_view content);
std::string readFile(const std::filesystem::path&, std::uint64_t limitBytes = 1ull << 30);
void syncFolder(const std::filesystem::path&); // makes a rename durable

}
