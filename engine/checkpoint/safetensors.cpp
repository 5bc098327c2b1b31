#include "engine/checkpoint/safetensors.h"

#include "engine/checkpoint/mapped_file.h"
#include "engine/checkpoint/safetensors_header.h"
#include "engine/core/error.h"

#include <unordered_map>

namespace vlmptq::checkpoint {
namespace {

std::uint64_t littleEndian64(std::span<const std::byte> bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i)
        value |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
    return value;
}

std::string_view textOf(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The header's bytes, after the checks that need nothing but lengths.
std::string_view headerText(std::span<const std::byte> file, const std::filesystem::path& path) {
    refuseLfsPointer(textOf(file), path);
    if (file.size() < kLengthBytes)
        throw Error(ErrorKind::BadInput, "E-CKPT-03",
                    path.string() + " is cut off: it has " + std::to_string(file.size()) +
                        " bytes, less than the length of its header takes.",
                    "The download probably stopped. Copy the file again.");
    const auto length = littleEndian64(file);
    if (length > kMaxHeaderBytes)
        throw Error(ErrorKind::BadInput, "E-CKPT-07",
                    path.string() + " is not a valid safetensors file: it claims a header of " +
                        std::to_string(length) + " bytes; the limit is " + std::to_string(kMaxHeaderBytes) +
                        ".",
                    "The file is damaged or not what its name says. Copy it again.");
    if (length > file.size() - kLengthBytes)
        throw Error(ErrorKind::BadInput, "E-CKPT-03",
                    path.string() + " is cut off inside its header: it has " + std::to_string(file.size()) +
                        " bytes, the header alone takes " + std::to_string(length + kLengthBytes) + ".",
                    "The download probably stopped. Copy the file again.");
    return textOf(file.subspan(kLengthBytes, length));
}

}

struct SafetensorsFile::Data {
    explicit Data(const std::filesystem::path& path) : file(path) {}
    MappedFile file;
    SafetensorsHeader header;
    std::unordered_map<std::string_view, const TensorInfo*> byName;
    std::size_t dataStart = 0;
};

SafetensorsFile::SafetensorsFile() = default;
SafetensorsFile::~SafetensorsFile() = default;

std::shared_ptr<const SafetensorsFile> SafetensorsFile::open(const std::filesystem::path& path) {
    std::shared_ptr<SafetensorsFile> result(new SafetensorsFile);
    result->m_data = std::make_unique<Data>(path);
    auto& data = *result->m_data;
    const auto text = headerText(data.file.bytes(), path);
    data.dataStart = kLengthBytes + text.size();
    data.header = parseHeader(text, data.file.bytes().size() - data.dataStart, path.string());
    for (const auto& tensor : data.header.tensors)
        data.byName.emplace(tensor.name, &tensor);
    return result;
}

const std::filesystem::path& SafetensorsFile::path() const { return m_data->file.path(); }
const std::vector<TensorInfo>& SafetensorsFile::tensors() const { return m_data->header.tensors; }
const std::map<std::string, std::string>& SafetensorsFile::metadata() const {
    return m_data->header.metadata;
}

const TensorInfo* SafetensorsFile::find(std::string_view name) const {
    const auto found = m_data->byName.find(name);
    return found == m_data->byName.end() ? nullptr : found->second;
}

std::span<const std::byte> SafetensorsFile::bytes(const TensorInfo& tensor) const {
    const auto data = m_data->file.bytes().subspan(m_data->dataStart);
    VLMPTQ_CHECK(tensor.begin <= tensor.end && tensor.end <= data.size(),
                 "tensor '" + tensor.name + "' is of another file");
    return data.subspan(tensor.begin, tensor.byteCount());
}

}
