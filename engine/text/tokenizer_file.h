// tokenizer_file.h - tokenizer.json as checked plain data. Vocabulary and merges are taken out while the file
// is parsed, so that 150,000 merges never become a JSON tree.
#pragma once
#include "engine/text/added_tokens.h"
#include "engine/text/bpe.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vlmptq::text {

struct TokenizerFile {
    std::vector<std::string> tokens; // by id, as spelled in the file; empty: no such entry
    std::unordered_map<std::string_view, std::int32_t> ids; // views of `tokens`
    std::int64_t entries = 0;
    std::array<std::int32_t, 256> byteIds{}; // of the single bytes
    std::vector<BpeMerge> merges;            // by rank
    std::vector<AddedToken> added;
    std::vector<std::string> expressions; // of the pre-tokenizer, applied one after another
    bool composesNfc = false;

    TokenizerFile() = default;
    TokenizerFile(TokenizerFile&&) = default; // moving keeps the views valid, copying would not
    TokenizerFile& operator=(TokenizerFile&&) = default;
};

// Throws Error (BadInput) naming file and field.
TokenizerFile readTokenizerFile(const std::filesystem::path&);

}
