// mount.h - whether a file lies on a network mount, where SQLite's write-ahead log must not be used.
#pragma once
#include <filesystem>

namespace vlmptq::store {

bool isNetworkFileSystem(long type);            // f_type of statfs(2)
bool isOnNetwork(const std::filesystem::path&); // of the nearest folder that exists

}
