#include "engine/store/mount.h"

#include <algorithm>
#include <array>
#include <sys/vfs.h>

namespace vlmptq::store {

bool isNetworkFileSystem(long type) {
    // NFS, SMB, CIFS, SMB2, FUSE (sshfs and others), 9P, Ceph, AFS, Lustre
    static constexpr std::array<unsigned long, 9> kTypes{
        0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x65735546, 0x01021997, 0x00c36400, 0x5346414f, 0x0bd00bd0};
    return std::find(kTypes.begin(), kTypes.end(), static_cast<unsigned long>(type) & 0xffffffff) !=
           kTypes.end();
}

bool isOnNetwork(const std::filesystem::path& path) {
    std::error_code ignored;
    auto place = std::filesystem::absolute(path);
    while (!std::filesystem::exists(place, ignored) && place.has_relative_path())
        place = place.parent_path();
    struct statfs info {};
    return statfs(place.c_str(), &info) == 0 && isNetworkFileSystem(info.f_type);
}

}
