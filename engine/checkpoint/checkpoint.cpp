#include "engine/checkpoint/checkpoint.h"

#include "engine/checkpoint/mapped_file.h"
#include "engine/checkpoint/shard_index.h"
#include "engine/checkpoint/strict_json.h"
#include "engine/core/error.h"
#include "engine/core/file.h"

#include <algorithm>

namespace vlmptq::checkpoint {
namespace {

namespace fs = std::filesystem;
constexpr const char* kConfigFile = "config.json";

// A JSON file of the folder; the caller knows that it exists.
template <class Json>
Json readJson(const fs::path& path) {
    const auto content = readFile(path);
    refuseLfsPointer(content, path);
    return parseStrictJson<Json>(content, path.string(), "E-CKPT-02");
}

void checkFolder(const fs::path& folder) {
    const auto fail = [&](const std::string& sentence, const std::string& hint) {
        throw Error(ErrorKind::BadInput, "E-CKPT-01", sentence, hint);
    };
    std::error_code ignored;
    if (!fs::exists(folder, ignored))
        fail("The model folder " + folder.string() + " does not exist.", "Check the path.");
    if (!fs::is_directory(folder, ignored))
        fail(folder.string() + " is a file, not a model folder.",
             "Name the folder that holds config.json and the weights.");
    if (fs::is_empty(folder, ignored))
        fail("The model folder " + folder.string() + " is empty.", "Copy the model's files into it.");
    if (!fs::exists(folder / kConfigFile, ignored))
        fail("The folder " + folder.string() + " has no config.json.",
             "Name the folder that holds config.json and the weights, or copy config.json from the model's "
             "page.");
}

// The end ids of one JSON object; empty: it names none.
std::vector<std::int64_t> endIdsOf(const nlohmann::json& object, const std::string& file) {
    const auto found = object.is_object() ? object.find("eos_token_id") : object.end();
    if (found == object.end() || found->is_null())
        return {};
    const auto list = found->is_array() ? *found : nlohmann::json::array({*found});
    std::vector<std::int64_t> ids;
    for (const auto& id : list) {
        if (!id.is_number_unsigned())
            throw Error(ErrorKind::BadInput, "E-CKPT-12",
                        "eos_token_id in " + file + " is " + found->dump() +
                            "; it has to be a token id or a list of them.",
                        "Correct the file.");
        ids.push_back(id.get<std::int64_t>());
    }
    return ids;
}

}

std::shared_ptr<const Checkpoint> Checkpoint::open(const fs::path& folder) {
    checkFolder(folder);
    auto result = std::make_shared<Checkpoint>();
    result->m_folder = folder;
    result->m_config = readJson<nlohmann::ordered_json>(folder / kConfigFile);
    if (!result->m_config.is_object())
        throw Error(ErrorKind::BadInput, "E-CKPT-02",
                    (folder / kConfigFile).string() + " is not a JSON object.",
                    "Copy config.json from the model's page.");
    result->m_files = openShards(folder);
    for (const auto& file : result->m_files)
        for (const auto& tensor : file->tensors())
            result->m_byName.emplace(tensor.name, std::pair{&tensor, file.get()});
    for (const auto& [name, place] : result->m_byName)
        result->m_order.push_back(place.first);
    if (result->m_order.empty())
        throw Error(ErrorKind::BadInput, "E-CKPT-11", "The model in " + folder.string() + " has no tensors.",
                    "Copy the weights again.");
    return result;
}

std::optional<std::string> Checkpoint::text(const std::string& fileName) const {
    const auto path = m_folder / fileName;
    if (!fs::exists(path))
        return std::nullopt;
    auto content = readFile(path);
    refuseLfsPointer(content, path);
    return content;
}

std::optional<nlohmann::json> Checkpoint::json(const std::string& fileName) const {
    if (!fs::exists(m_folder / fileName))
        return std::nullopt;
    return readJson<nlohmann::json>(m_folder / fileName);
}

const TensorInfo* Checkpoint::find(std::string_view name) const {
    const auto found = m_byName.find(name);
    return found == m_byName.end() ? nullptr : found->second.first;
}

const TensorInfo& Checkpoint::require(std::string_view name) const {
    if (const auto* tensor = find(name))
        return *tensor;
    throw Error(ErrorKind::BadInput, "E-CKPT-10",
                "The model in " + m_folder.string() + " has no tensor '" + std::string(name) + "'.",
                "The checkpoint is incomplete or of another architecture than its config.json says.");
}

std::span<const std::byte> Checkpoint::bytes(const TensorInfo& tensor) const {
    const auto found = m_byName.find(tensor.name);
    VLMPTQ_CHECK(found != m_byName.end(), "tensor '" + tensor.name + "' is of another checkpoint");
    return found->second.second->bytes(*found->second.first);
}

std::uint64_t Checkpoint::tensorBytes() const {
    std::uint64_t sum = 0;
    for (const auto* tensor : m_order)
        sum += tensor->byteCount();
    return sum;
}

std::vector<std::int64_t> Checkpoint::endTokenIds() const {
    const std::string generationFile = "generation_config.json";
    if (const auto generation = json(generationFile))
        if (auto ids = endIdsOf(*generation, generationFile); !ids.empty())
            return ids;
    // Nested configurations keep the language model's own: text_config, InternVL's original files llm_config.
    for (const char* part : {"text_config", "llm_config"})
        if (const auto text = m_config.find(part); text != m_config.end())
            if (auto ids = endIdsOf(*text, kConfigFile); !ids.empty())
                return ids;
    return endIdsOf(m_config, kConfigFile);
}

std::string architectureOf(const nlohmann::ordered_json& config) {
    if (const auto names = config.find("architectures");
        names != config.end() && names->is_array() && !names->empty())
        if (const auto& first = names->front(); first.is_string())
            return first.get<std::string>();
    if (const auto type = config.find("model_type"); type != config.end() && type->is_string())
        return type->get<std::string>();
    throw Error(ErrorKind::BadInput, "E-CKPT-13",
                "config.json names neither 'architectures' nor 'model_type'.",
                "Copy config.json from the model's page.");
}

}
