#include "engine/checkpoint/shard_index.h"

#include "engine/checkpoint/mapped_file.h"
#include "engine/checkpoint/strict_json.h"
#include "engine/core/error.h"
#include "engine/core/file.h"

#include <algorithm>
#include <array>

namespace vlmptq::checkpoint {
namespace {

namespace fs = std::filesystem;
using WeightMap = std::map<std::string, std::string>; // tensor -> shard

[[noreturn]] void failMissing(const std::string& sentence, const std::string& hint) {
    throw Error(ErrorKind::BadInput, "E-CKPT-04", sentence, hint);
}

[[noreturn]] void failIndex(const fs::path& index, const std::string& reason) {
    throw Error(ErrorKind::BadInput, "E-CKPT-05", index.string() + " " + reason + ".",
                "Index and weight files are not of one model or one download. Copy them again.");
}

bool isPlainName(const std::string& name) {
    const bool hasDrive = name.size() >= 2 && name[1] == ':';
    return !name.empty() && name != "." && name.find("..") == name.npos && !hasDrive &&
           name.find_first_of(std::string_view("/\\\0", 3)) == name.npos;
}

WeightMap readIndex(const fs::path& path) {
    const auto content = readFile(path);
    refuseLfsPointer(content, path);
    const auto index = parseStrictJson(content, path.string(), "E-CKPT-02");
    if (!index.is_object() || !index.contains("weight_map") || !index["weight_map"].is_object())
        failIndex(path, "has no object 'weight_map'");
    WeightMap shardOf;
    for (const auto& [tensor, shard] : index["weight_map"].items()) {
        if (!shard.is_string())
            failIndex(path, "names no file for tensor '" + tensor + "'");
        const auto name = shard.get<std::string>();
        if (!isPlainName(name))
            failIndex(path, "places tensor '" + tensor + "' in " + shard.dump() +
                                ", which is not a plain file name");
        shardOf.emplace(tensor, name);
    }
    return shardOf;
}

// Every tensor of the shard is expected in it, and every expected one is there.
void compare(const fs::path& index, const WeightMap& shardOf, const SafetensorsFile& shard) {
    const auto shardName = shard.path().filename().string();
    for (const auto& tensor : shard.tensors()) {
        const auto expected = shardOf.find(tensor.name);
        if (expected == shardOf.end())
            failIndex(index, "does not name tensor '" + tensor.name + "', which is in " + shardName);
        if (expected->second != shardName)
            failIndex(index, "places tensor '" + tensor.name + "' in " + expected->second +
                                 ", but it is in " + shardName);
    }
    for (const auto& [tensor, name] : shardOf)
        if (name == shardName && !shard.find(tensor))
            failIndex(index, "places tensor '" + tensor + "' in " + shardName + ", but it is not there");
}

std::vector<std::shared_ptr<const SafetensorsFile>> openIndexed(const fs::path& folder) {
    const auto index = folder / kIndexFile;
    const auto shardOf = readIndex(index);
    std::map<std::string, std::shared_ptr<const SafetensorsFile>> shards;
    for (const auto& [tensor, name] : shardOf)
        shards[name] = nullptr;
    // All names first: a missing shard is found before any other is read.
    for (const auto& [name, file] : shards)
        if (!fs::exists(folder / name))
            failMissing("The weight file " + (folder / name).string() + " is missing; the index names it.",
                        "Copy the file into the model folder.");
    if (fs::exists(folder / kSingleFile) && !shards.contains(kSingleFile))
        failIndex(index, std::string("does not name ") + kSingleFile + ", which is in the same folder");

    std::vector<std::shared_ptr<const SafetensorsFile>> files;
    for (auto& [name, file] : shards) {
        files.push_back(SafetensorsFile::open(folder / name));
        compare(index, shardOf, *files.back());
    }
    return files;
}

// There is neither a single file nor an index: says what there is instead.
[[noreturn]] void failWithoutWeights(const fs::path& folder) {
    std::string torchFile, safetensorsFile;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const auto extension = entry.path().extension();
        if (extension == ".safetensors")
            safetensorsFile = entry.path().filename().string();
        if (extension == ".bin" || extension == ".pt" || extension == ".pth")
            torchFile = entry.path().filename().string();
    }
    if (!safetensorsFile.empty())
        failMissing("The folder " + folder.string() + " has " + safetensorsFile + ", but neither " +
                        kSingleFile + " nor " + kIndexFile + ".",
                    "Copy the missing file from the model's page.");
    if (!torchFile.empty())
        throw Error(ErrorKind::BadInput, "E-CKPT-09",
                    "The folder " + folder.string() + " has only PyTorch weights (" + torchFile +
                        "), which can run code when they are opened.",
                    "Convert them to safetensors, or download the safetensors version of the model.");
    failMissing("The folder " + folder.string() + " has a config.json but no weights.",
                std::string("Copy ") + kSingleFile + " or all shards and " + kIndexFile + " into it.");
}

}

std::vector<std::shared_ptr<const SafetensorsFile>> openShards(const fs::path& folder) {
    if (fs::exists(folder / kIndexFile))
        return openIndexed(folder);
    if (!fs::exists(folder / kSingleFile))
        failWithoutWeights(folder);
    return {SafetensorsFile::open(folder / kSingleFile)};
}

}
