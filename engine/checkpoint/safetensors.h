// safetensors.h - reads and writes the safetensors container (formats.md 1). Reading maps the file and copies
// nothing; every size, offset and name of an untrusted header is checked before use (the table of refusals in
// formats.md 1). A file object is immutable after opening and may be used from several threads. Bytes are
// little-endian, row-major.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vlmptq::checkpoint {

enum class Dtype { F64, F32, F16, BF16, I64, I32, I16, I8, U8, Bool, Other };
std::string_view toString(Dtype);
std::size_t byteSize(Dtype);                                     // of one element; 0 for Other
std::string textOfShape(const std::vector<std::int64_t>& shape); // "[768, 64]"

struct TensorInfo {
    std::string name;
    Dtype dtype = Dtype::F32;
    std::string dtypeName;            // as in the file, also for kinds this program does not compute with
    std::vector<std::int64_t> shape;  // empty: a scalar
    std::uint64_t begin = 0, end = 0; // within the data section
    std::uint64_t byteCount() const { return end - begin; }
    std::int64_t elementCount() const;
    std::string shapeText() const; // "[768, 64]"
};

class SafetensorsFile {
public:
    // Throws Error (BadInput, E-CKPT-xx) naming the file and what is wrong with it.
    static std::shared_ptr<const SafetensorsFile> open(const std::filesystem::path&);
    ~SafetensorsFile();
    const std::filesystem::path& path() const;
    const std::vector<TensorInfo>& tensors() const;      // in file order
    const TensorInfo* find(std::string_view name) const; // null: absent
    const std::map<std::string, std::string>& metadata() const;
    // Mapped bytes; may be unaligned for the dtype. Valid while the file object lives.
    std::span<const std::byte> bytes(const TensorInfo&) const;

private:
    SafetensorsFile();
    struct Data;
    std::unique_ptr<Data> m_data;
};

// Writes one file: temporary name in the same folder, fsync, rename, mode 0644 & ~umask. Streams: tensors are
// declared first (header order: descending element size, then name), then their bytes are given in exactly
// `order()`.
class SafetensorsWriter {
public:
    SafetensorsWriter(std::filesystem::path target, std::vector<TensorInfo> declared,
                      std::map<std::string, std::string> metadata = {});
    ~SafetensorsWriter(); // without finish() the temporary file is removed
    const std::vector<TensorInfo>& order() const;
    void append(std::span<const std::byte> bytes); // of the current tensor, any number of pieces
    void finish();                                 // throws Error (NoResource) when the disk is full

private:
    struct Data;
    std::unique_ptr<Data> m_data;
};

// For small files: everything at once.
struct TensorData {
    TensorInfo info; // begin and end are ignored
    std::vector<std::byte> bytes;
};
void writeSafetensors(const std::filesystem::path& target, std::vector<TensorData> tensors,
                      std::map<std::string, std::string> metadata = {{"format", "pt"}});

}
