// tokenizer.h - byte-level BPE from tokenizer.json: added tokens, NFC, the file's pre-tokenizer expression
// (ICU), merges in both spellings (models.md 2). Immutable after loading; any thread.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vlmptq::text {

struct Range {
    std::size_t begin = 0, end = 0;
}; // bytes

class Tokenizer {
public:
    // Throws Error (BadInput) naming file and field: not JSON, not byte-level BPE, a merge of unknown tokens,
    // ….
    static std::shared_ptr<const Tokenizer> open(const std::filesystem::path& tokenizerJson);
    virtual ~Tokenizer() = default;

    // Added tokens are recognised everywhere except inside `literal` ranges (text of a data set must never
    // become a control token). Invalid UTF-8 is replaced by U+FFFD.
    virtual std::vector<std::int64_t> encode(std::string_view utf8,
                                             std::span<const Range> literal = {}) const = 0;
    virtual std::string decode(std::span<const std::int64_t> ids, bool skipSpecial) const = 0;
    virtual std::optional<std::int64_t> idOf(std::string_view token) const = 0;
    virtual std::string tokenOf(std::int64_t id) const = 0; // as in the vocabulary; empty for a padding row
    virtual std::int64_t size() const = 0;                  // entries, added ones included
};

}
