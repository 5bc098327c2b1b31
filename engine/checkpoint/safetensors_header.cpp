#include "engine/checkpoint/safetensors_header.h"

#include "engine/checkpoint/strict_json.h"
#include "engine/core/error.h"

#include <algorithm>
#include <array>
#include <limits>

namespace vlmptq::checkpoint {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxTensors = 1'000'000;
constexpr std::size_t kMaxDimensions = 8;
constexpr std::size_t kMaxNameBytes = 1024;
constexpr std::size_t kMaxDepth = 4;
constexpr const char* kMetadata = "__metadata__";

struct Kind {
    std::string_view name;
    Dtype dtype;
    int bits;
};

constexpr std::array kKinds{
    Kind{"F64", Dtype::F64, 64},      Kind{"F32", Dtype::F32, 32},      Kind{"F16", Dtype::F16, 16},
    Kind{"BF16", Dtype::BF16, 16},    Kind{"I64", Dtype::I64, 64},      Kind{"I32", Dtype::I32, 32},
    Kind{"I16", Dtype::I16, 16},      Kind{"I8", Dtype::I8, 8},         Kind{"U8", Dtype::U8, 8},
    Kind{"BOOL", Dtype::Bool, 8},     Kind{"U16", Dtype::Other, 16},    Kind{"U32", Dtype::Other, 32},
    Kind{"U64", Dtype::Other, 64},    Kind{"C64", Dtype::Other, 64},    Kind{"F8_E4M3", Dtype::Other, 8},
    Kind{"F8_E5M2", Dtype::Other, 8}, Kind{"F8_E8M0", Dtype::Other, 8}, Kind{"F6_E2M3", Dtype::Other, 6},
    Kind{"F6_E3M2", Dtype::Other, 6}, Kind{"F4", Dtype::Other, 4},
};

const Kind* kindNamed(std::string_view name) {
    const auto found =
        std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& kind) { return kind.name == name; });
    return found == kKinds.end() ? nullptr : &*found;
}

// Reads one header; holds the file's name for the sentences.
class HeaderReader {
public:
    HeaderReader(const std::string& file, std::uint64_t dataBytes) : m_file(file), m_dataBytes(dataBytes) {}

    SafetensorsHeader read(std::string_view text) const {
        const auto first = text.find_first_not_of(' ');
        if (first == text.npos || text[first] != '{')
            refuse("its header is not a JSON object");
        const auto root = parseStrictJson(text, "The header of " + m_file, "E-CKPT-07", kMaxDepth);
        if (const auto count = root.size() - root.count(kMetadata); count > kMaxTensors)
            refuse("its header names " + std::to_string(count) + " tensors; the limit is " +
                   std::to_string(kMaxTensors));

        SafetensorsHeader header;
        for (const auto& [name, entry] : root.items()) {
            if (name == kMetadata)
                header.metadata = metadata(entry);
            else
                header.tensors.push_back(tensor(name, entry));
        }
        std::sort(header.tensors.begin(), header.tensors.end(), [](const TensorInfo& a, const TensorInfo& b) {
            return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
        });
        checkLayout(header.tensors);
        return header;
    }

private:
    [[noreturn]] void refuse(const std::string& reason) const {
        throw Error(ErrorKind::BadInput, "E-CKPT-07",
                    m_file + " is not a valid safetensors file: " + reason + ".",
                    "The file is damaged or was made by a faulty program. Copy it again.");
    }
    [[noreturn]] void refuse(const std::string& tensor, const std::string& reason) const {
        refuse("tensor '" + tensor + "' " + reason);
    }

    std::map<std::string, std::string> metadata(const json& entry) const {
        if (!entry.is_object())
            refuse("__metadata__ is not an object");
        std::map<std::string, std::string> result;
        for (const auto& [key, value] : entry.items()) {
            if (!value.is_string())
                refuse("__metadata__ entry '" + key + "' is not a string");
            result[key] = value.get<std::string>();
        }
        return result;
    }

    TensorInfo tensor(const std::string& name, const json& entry) const {
        checkName(name);
        if (!entry.is_object())
            refuse(name, "has no object with dtype, shape and data_offsets");
        TensorInfo info;
        info.name = name;
        info.dtypeName = dtypeName(name, entry);
        info.dtype = dtypeNamed(info.dtypeName);
        info.shape = shape(name, entry);
        const auto& offsets = field(name, entry, "data_offsets");
        if (!offsets.is_array() || offsets.size() != 2)
            refuse(name, "has data_offsets that are not two numbers");
        info.begin = count(name, "data_offsets", offsets[0]);
        info.end = count(name, "data_offsets", offsets[1]);
        if (info.end < info.begin)
            refuse(name, "ends before it begins");
        const auto bytes = byteCountOf(info.shape, info.dtypeName);
        if (!bytes)
            refuse(name, "has a shape " + info.shapeText() + " whose size in bytes is not a 64-bit number");
        if (*bytes != info.byteCount())
            refuse(name, "has " + std::to_string(info.byteCount()) + " bytes, but " + info.dtypeName + " " +
                             info.shapeText() + " needs " + std::to_string(*bytes));
        return info;
    }

    void checkName(const std::string& name) const {
        if (name.size() > kMaxNameBytes)
            refuse("a tensor's name has " + std::to_string(name.size()) + " bytes; the limit is " +
                   std::to_string(kMaxNameBytes));
        const auto isControl = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
        if (std::any_of(name.begin(), name.end(), isControl))
            refuse("the tensor name " + json(name).dump() + " has a control character");
    }

    const json& field(const std::string& name, const json& entry, const char* key) const {
        const auto found = entry.find(key);
        if (found == entry.end())
            refuse(name, std::string("has no ") + key);
        return *found;
    }

    std::uint64_t count(const std::string& name, const char* key, const json& value) const {
        if (!value.is_number_unsigned())
            refuse(name, std::string("has ") + value.dump() + " in " + key +
                             "; only whole numbers from 0 are allowed");
        return value.get<std::uint64_t>();
    }

    std::string dtypeName(const std::string& name, const json& entry) const {
        const auto& dtype = field(name, entry, "dtype");
        if (!dtype.is_string() || !kindNamed(dtype.get_ref<const std::string&>()))
            refuse(name, "has the unknown dtype " + dtype.dump());
        return dtype.get<std::string>();
    }

    std::vector<std::int64_t> shape(const std::string& name, const json& entry) const {
        const auto& sizes = field(name, entry, "shape");
        if (!sizes.is_array())
            refuse(name, "has a shape that is not a list");
        if (sizes.size() > kMaxDimensions)
            refuse(name, "has " + std::to_string(sizes.size()) + " dimensions; the limit is " +
                             std::to_string(kMaxDimensions));
        std::vector<std::int64_t> result;
        for (const auto& size : sizes) {
            const auto value = count(name, "shape", size);
            if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
                refuse(name, "has a dimension of " + std::to_string(value));
            result.push_back(static_cast<std::int64_t>(value));
        }
        return result;
    }

    // Sorted by position the tensors must tile the data section: no gap, no shared byte, nothing left over or
    // missing.
    void checkLayout(const std::vector<TensorInfo>& tensors) const {
        std::uint64_t position = 0;
        for (const auto& tensor : tensors) {
            if (tensor.begin < position)
                refuse(tensor.name, "shares bytes with another tensor");
            if (tensor.begin > position)
                refuse(std::to_string(tensor.begin - position) + " bytes before tensor '" + tensor.name +
                       "' belong to no tensor");
            position = tensor.end;
        }
        if (position > m_dataBytes)
            failCutOff(position);
        if (position < m_dataBytes)
            refuse(std::to_string(m_dataBytes - position) +
                   " bytes after the last tensor belong to no tensor");
    }

    [[noreturn]] void failCutOff(std::uint64_t promised) const {
        throw Error(ErrorKind::BadInput, "E-CKPT-03",
                    m_file + " is cut off: it holds " + std::to_string(m_dataBytes) + " of " +
                        std::to_string(promised) + " bytes of tensors.",
                    "The download probably stopped. Copy the file again.");
    }

    const std::string& m_file;
    std::uint64_t m_dataBytes;
};

}

SafetensorsHeader parseHeader(std::string_view text, std::uint64_t dataBytes, const std::string& file) {
    return HeaderReader(file, dataBytes).read(text);
}

std::string headerBytes(const std::vector<TensorInfo>& tensors,
                        const std::map<std::string, std::string>& metadata) {
    nlohmann::ordered_json root = nlohmann::ordered_json::object();
    if (!metadata.empty())
        root[kMetadata] = metadata;
    // push_back instead of operator[]: an ordered object looks its keys up one by one.
    auto& members = root.get_ref<nlohmann::ordered_json::object_t&>();
    for (const auto& tensor : tensors)
        members.emplace_back(tensor.name,
                             nlohmann::ordered_json{{"dtype", tensor.dtypeName},
                                                    {"shape", tensor.shape},
                                                    {"data_offsets", {tensor.begin, tensor.end}}});
    std::string text = root.dump();
    text.append((kLengthBytes - text.size() % kLengthBytes) % kLengthBytes, ' ');
    std::string length;
    for (std::size_t i = 0; i < kLengthBytes; ++i)
        length += static_cast<char>(text.size() >> (8 * i) & 0xff);
    return length + text;
}

int bitsOf(std::string_view dtypeName) {
    const auto* kind = kindNamed(dtypeName);
    return kind ? kind->bits : 0;
}

Dtype dtypeNamed(std::string_view name) {
    const auto* kind = kindNamed(name);
    return kind ? kind->dtype : Dtype::Other;
}

std::optional<std::uint64_t> byteCountOf(const std::vector<std::int64_t>& shape, std::string_view dtypeName) {
    auto bits = static_cast<std::uint64_t>(bitsOf(dtypeName));
    for (const auto size : shape)
        if (__builtin_mul_overflow(bits, static_cast<std::uint64_t>(size), &bits))
            return std::nullopt;
    if (bits % 8 != 0)
        return std::nullopt;
    return bits / 8;
}

std::string_view toString(Dtype dtype) {
    for (const auto& kind : kKinds)
        if (kind.dtype == dtype && dtype != Dtype::Other)
            return kind.name;
    return "other";
}

std::size_t byteSize(Dtype dtype) {
    return dtype == Dtype::Other ? 0 : static_cast<std::size_t>(bitsOf(toString(dtype)) / 8);
}

std::int64_t TensorInfo::elementCount() const {
    std::int64_t count = 1;
    for (const auto size : shape)
        count *= size;
    return count;
}

std::string TensorInfo::shapeText() const { return textOfShape(shape); }

std::string textOfShape(const std::vector<std::int64_t>& shape) {
    std::string text = "[";
    for (const auto size : shape)
        text += (text.size() > 1 ? ", " : "") + std::to_string(size);
    return text + "]";
}

}
