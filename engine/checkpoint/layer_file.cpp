// The layer files of a run folder (run_folder.h): modules to tensors and back.
#include "engine/checkpoint/run_folder.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/checkpoint/strict_json.h"
#include "engine/core/atomic_file.h"
#include "engine/core/error.h"
#include "engine/core/hash.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

namespace vlmptq::checkpoint {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kModules = "modules"; // metadata entry: JSON list of the modules in depth order

// What is wrong with a module as the grid of formats.md 0; empty: nothing.
std::string shapeProblem(const QuantizedModule& module) {
    if (module.name.empty())
        return "has no name";
    if (module.rows < 1 || module.columns < 1)
        return "has no rows or no columns";
    if (module.columns > (std::int64_t{1} << 40))
        return "has too many columns"; // bits and bytes of a row fit 64 bits from here on
    if (module.bits < 2 || module.bits > 8)
        return "has " + std::to_string(module.bits) + " bits; 2 to 8 are possible";
    if (module.groupSize != -1 && module.groupSize < 1)
        return "has group size " + std::to_string(module.groupSize);
    return {};
}

std::string valueProblem(const QuantizedModule& module) {
    const int maxCode = (1 << module.bits) - 1, middle = 1 << (module.bits - 1);
    const auto isTooLarge = [&](std::uint8_t code) { return code > maxCode; };
    if (std::any_of(module.codes.begin(), module.codes.end(), isTooLarge))
        return "has a code above " + std::to_string(maxCode);
    if (std::any_of(module.zero.begin(), module.zero.end(), isTooLarge))
        return "has a zero point above " + std::to_string(maxCode);
    if (module.symmetric &&
        std::any_of(module.zero.begin(), module.zero.end(), [&](auto zero) { return zero != middle; }))
        return "is symmetric, but has a zero point that is not " + std::to_string(middle);
    if (!std::all_of(module.scale.begin(), module.scale.end(),
                     [](float s) { return std::isfinite(s) && s > 0; }))
        return "has a scale that is not a positive number";
    const auto groups = module.groups();
    if (std::any_of(module.groupIndex.begin(), module.groupIndex.end(),
                    [&](auto k) { return k < 0 || k >= groups; }))
        return "has a group index outside 0 to " + std::to_string(groups - 1);
    return {};
}

bool hasRightSizes(const QuantizedModule& module) {
    const auto columns = static_cast<std::size_t>(module.columns),
               rows = static_cast<std::size_t>(module.rows);
    const auto cells = rows * static_cast<std::size_t>(module.groups());
    return module.codes.size() == rows * columns && module.scale.size() == cells &&
           module.zero.size() == cells && (module.groupIndex.empty() || module.groupIndex.size() == columns);
}

template <class T>
TensorData tensorData(std::string name, Dtype dtype, std::vector<std::int64_t> shape,
                      const std::vector<T>& values) {
    TensorData data{{.name = std::move(name), .dtype = dtype, .dtypeName = {}, .shape = std::move(shape)},
                    {}};
    const auto bytes = std::as_bytes(std::span(values));
    data.bytes.assign(bytes.begin(), bytes.end());
    return data;
}

std::vector<std::uint8_t> packedCodes(const QuantizedModule& module) {
    const auto rowBytes = packedRowBytes(module.columns, module.bits);
    std::vector<std::uint8_t> packed(static_cast<std::size_t>(module.rows) * rowBytes);
    for (std::int64_t row = 0; row < module.rows; ++row)
        packRow(module.codes.data() + row * module.columns, module.columns, module.bits,
                packed.data() + static_cast<std::size_t>(row) * rowBytes);
    return packed;
}

std::vector<TensorData> tensorsOf(const QuantizedModule& module) {
    const auto groups = module.groups();
    const auto rowBytes = static_cast<std::int64_t>(packedRowBytes(module.columns, module.bits));
    std::vector<TensorData> tensors;
    tensors.push_back(
        tensorData(module.name + ".codes", Dtype::U8, {module.rows, rowBytes}, packedCodes(module)));
    tensors.push_back(tensorData(module.name + ".scale", Dtype::F32, {module.rows, groups}, module.scale));
    tensors.push_back(tensorData(module.name + ".zero", Dtype::U8, {module.rows, groups}, module.zero));
    if (!module.groupIndex.empty())
        tensors.push_back(
            tensorData(module.name + ".g_idx", Dtype::I32, {module.columns}, module.groupIndex));
    return tensors;
}

// Reads one layer file; everything in it is checked, because it may come from anywhere.
class LayerReader {
public:
    explicit LayerReader(const fs::path& path) : m_file(SafetensorsFile::open(path)) {}

    std::vector<QuantizedModule> describe() const {
        std::vector<QuantizedModule> modules;
        for (const auto& description : descriptions())
            modules.push_back(header(description));
        return modules;
    }

    std::vector<QuantizedModule> read() {
        std::vector<QuantizedModule> modules;
        std::set<std::string> names;
        for (const auto& description : descriptions()) {
            modules.push_back(module(description));
            if (!names.insert(modules.back().name).second)
                refuse("has module '" + modules.back().name + "' twice");
        }
        if (m_used != m_file->tensors().size())
            refuse("has tensors that belong to no module");
        return modules;
    }

private:
    json descriptions() const {
        const auto entry = m_file->metadata().find(kModules);
        if (entry == m_file->metadata().end())
            refuse("has no list of modules");
        auto list =
            parseStrictJson(entry->second, "The list of modules in " + m_file->path().string(), "E-RUN-02");
        if (!list.is_array())
            refuse("has a list of modules that is not a list");
        return list;
    }

    [[noreturn]] void refuse(const std::string& reason) const {
        throw Error(ErrorKind::BadInput, "E-RUN-02", m_file->path().string() + " " + reason + ".",
                    "The file is damaged: delete it and resume the run, which makes it again.");
    }
    [[noreturn]] void refuse(const QuantizedModule& module, const std::string& reason) const {
        refuse("is damaged: module '" + module.name + "' " + reason);
    }

    QuantizedModule module(const json& description) {
        auto result = header(description);
        const auto groups = result.groups();
        Sha256 hash;
        unpackCodes(result, hash);
        result.scale = values<float>(result, ".scale", Dtype::F32, {result.rows, groups}, hash);
        result.zero = values<std::uint8_t>(result, ".zero", Dtype::U8, {result.rows, groups}, hash);
        if (m_file->find(result.name + ".g_idx"))
            result.groupIndex = values<std::int32_t>(result, ".g_idx", Dtype::I32, {result.columns}, hash);
        if (description.value("sha256", json()) != json(hash.hex()))
            refuse(result, "does not match its checksum");
        if (const auto problem = valueProblem(result); !problem.empty())
            refuse(result, problem);
        return result;
    }

    QuantizedModule header(const json& description) const {
        QuantizedModule result;
        try {
            result.name = description.at("name").get<std::string>();
            result.rows = description.at("rows").get<std::int64_t>();
            result.columns = description.at("columns").get<std::int64_t>();
            result.bits = description.at("bits").get<int>();
            result.groupSize = description.at("group_size").get<int>();
            result.symmetric = description.at("symmetric").get<bool>();
        } catch (const json::exception& error) {
            refuse(std::string("has a module that is not described: ") + error.what());
        }
        if (const auto problem = shapeProblem(result); !problem.empty())
            refuse(result, problem);
        return result;
    }

    std::span<const std::byte> tensor(const QuantizedModule& module, const char* suffix, Dtype dtype,
                                      const std::vector<std::int64_t>& shape, Sha256& hash) {
        const auto* info = m_file->find(module.name + suffix);
        if (!info)
            refuse(module, std::string("has no tensor ") + suffix);
        if (info->dtype != dtype || info->shape != shape)
            refuse(module, std::string("has a tensor ") + suffix + " of " + info->dtypeName + " " +
                               info->shapeText() + "; expected is " + std::string(toString(dtype)) + " " +
                               textOfShape(shape));
        ++m_used;
        const auto bytes = m_file->bytes(*info);
        hash.update(bytes);
        return bytes;
    }

    template <class T>
    std::vector<T> values(const QuantizedModule& module, const char* suffix, Dtype dtype,
                          const std::vector<std::int64_t>& shape, Sha256& hash) {
        const auto bytes = tensor(module, suffix, dtype, shape, hash);
        std::vector<T> result(bytes.size() / sizeof(T));
        std::memcpy(result.data(), bytes.data(), bytes.size());
        return result;
    }

    void unpackCodes(QuantizedModule& module, Sha256& hash) {
        // The shape of the mapped tensor bounds rows and columns before anything is allocated for them.
        const auto rowBytes = packedRowBytes(module.columns, module.bits);
        const auto packed =
            tensor(module, ".codes", Dtype::U8, {module.rows, static_cast<std::int64_t>(rowBytes)}, hash);
        module.codes.resize(static_cast<std::size_t>(module.rows * module.columns));
        for (std::int64_t row = 0; row < module.rows; ++row) {
            const auto* source = reinterpret_cast<const std::uint8_t*>(packed.data()) +
                                 static_cast<std::size_t>(row) * rowBytes;
            if (!hasCleanTail(source, module.columns, module.bits))
                refuse(module, "has bits after the codes of a row");
            unpackRow(source, module.columns, module.bits, module.codes.data() + row * module.columns);
        }
    }

    std::shared_ptr<const SafetensorsFile> m_file;
    std::size_t m_used = 0; // tensors that a module has claimed
};

}

std::int64_t QuantizedModule::groups() const {
    return groupSize == -1 ? 1 : (columns + groupSize - 1) / groupSize;
}

void writeLayer(const fs::path& runDir, int layer, const std::vector<QuantizedModule>& modules) {
    std::vector<TensorData> tensors;
    auto list = nlohmann::ordered_json::array();
    for (const auto& module : modules) {
        auto problem = shapeProblem(module);
        if (problem.empty())
            problem =
                hasRightSizes(module) ? valueProblem(module) : "has arrays of other sizes than its shape";
        VLMPTQ_CHECK(problem.empty(), "module '" + module.name + "' " + problem);
        Sha256 hash;
        for (auto& tensor : tensorsOf(module)) {
            hash.update(tensor.bytes);
            tensors.push_back(std::move(tensor));
        }
        list.push_back({{"name", module.name},
                        {"rows", module.rows},
                        {"columns", module.columns},
                        {"bits", module.bits},
                        {"group_size", module.groupSize},
                        {"symmetric", module.symmetric},
                        {"sha256", hash.hex()}});
    }
    AtomicFile::removeLeftovers(runDir);
    writeSafetensors(layerFile(runDir, layer), std::move(tensors),
                     {{"format", "pt"}, {kModules, list.dump()}});
}

std::vector<QuantizedModule> describeLayer(const fs::path& runDir, int layer) {
    return LayerReader(layerFile(runDir, layer)).describe();
}

std::vector<QuantizedModule> readLayer(const fs::path& runDir, int layer) {
    return LayerReader(layerFile(runDir, layer)).read();
}

}
