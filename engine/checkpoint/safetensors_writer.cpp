#include "engine/checkpoint/safetensors_header.h"
#include "engine/core/atomic_file.h"
#include "engine/core/error.h"

#include <algorithm>
#include <set>

namespace vlmptq::checkpoint {
namespace {

// Largest elements first: every tensor is then naturally aligned without a gap (formats.md 1).
bool comesBefore(const TensorInfo& a, const TensorInfo& b) {
    const int bitsA = bitsOf(a.dtypeName), bitsB = bitsOf(b.dtypeName);
    return bitsA != bitsB ? bitsA > bitsB : a.name < b.name;
}

std::vector<TensorInfo> laidOut(std::vector<TensorInfo> tensors) {
    for (auto& tensor : tensors)
        if (tensor.dtypeName.empty())
            tensor.dtypeName = toString(tensor.dtype);
    std::sort(tensors.begin(), tensors.end(), comesBefore);
    std::uint64_t position = 0;
    std::set<std::string_view> names;
    for (auto& tensor : tensors) {
        const auto bytes = byteCountOf(tensor.shape, tensor.dtypeName);
        VLMPTQ_CHECK(bitsOf(tensor.dtypeName) > 0 && bytes,
                     "tensor '" + tensor.name + "' has no size that can be written");
        VLMPTQ_CHECK(names.insert(tensor.name).second, "tensor '" + tensor.name + "' is declared twice");
        tensor.begin = position;
        tensor.end = position += *bytes;
    }
    return tensors;
}

}

struct SafetensorsWriter::Data {
    Data(std::filesystem::path target, std::vector<TensorInfo> tensors)
        : order(std::move(tensors)), file(std::move(target), order.empty() ? 0 : order.back().end) {}

    std::vector<TensorInfo> order;
    AtomicFile file;
    std::size_t current = 0;    // tensor the next bytes belong to
    std::uint64_t position = 0; // in the data section
};

SafetensorsWriter::SafetensorsWriter(std::filesystem::path target, std::vector<TensorInfo> declared,
                                     std::map<std::string, std::string> metadata)
    : m_data(new Data(std::move(target), laidOut(std::move(declared)))) {
    metadata.emplace("format", "pt"); // some versions of transformers refuse a file without it
    const auto header = headerBytes(m_data->order, metadata);
    m_data->file.write(std::as_bytes(std::span(header)));
}

SafetensorsWriter::~SafetensorsWriter() = default;

const std::vector<TensorInfo>& SafetensorsWriter::order() const { return m_data->order; }

void SafetensorsWriter::append(std::span<const std::byte> bytes) {
    auto& [order, file, current, position] = *m_data;
    while (current < order.size() && position == order[current].end)
        ++current;
    VLMPTQ_CHECK(bytes.empty() || (current < order.size() && bytes.size() <= order[current].end - position),
                 "more bytes than the declared tensor has");
    file.write(bytes);
    position += bytes.size();
}

void SafetensorsWriter::finish() {
    VLMPTQ_CHECK(m_data->order.empty() || m_data->position == m_data->order.back().end,
                 "a declared tensor was not written");
    m_data->file.commit();
}

void writeSafetensors(const std::filesystem::path& target, std::vector<TensorData> tensors,
                      std::map<std::string, std::string> metadata) {
    std::map<std::string, std::span<const std::byte>> contents;
    std::vector<TensorInfo> declared;
    for (const auto& tensor : tensors) {
        contents[tensor.info.name] = tensor.bytes;
        declared.push_back(tensor.info);
    }
    SafetensorsWriter writer(target, std::move(declared), std::move(metadata));
    for (const auto& tensor : writer.order()) {
        const auto& bytes = contents.at(tensor.name);
        VLMPTQ_CHECK(bytes.size() == tensor.byteCount(),
                     "tensor '" + tensor.name + "' has another size than its shape");
        writer.append(bytes);
    }
    writer.finish();
}

}
