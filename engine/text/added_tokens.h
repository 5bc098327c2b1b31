// added_tokens.h - leftmost, longest search for the added tokens of a vocabulary in raw text (models.md 2,
// step 1). Immutable after construction; any thread.
#pragma once
#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vlmptq::text {

struct AddedToken {
    std::int64_t id = 0;
    std::string content;
    bool isSpecial = false; // dropped when special tokens are skipped
};

class AddedTokenFinder {
public:
    struct Match {
        std::size_t begin, end;
        std::int64_t id;
    };

    explicit AddedTokenFinder(std::span<const AddedToken>);
    // The first token that lies wholly within [begin, end) of `text`.
    std::optional<Match> find(std::string_view text, std::size_t begin, std::size_t end) const;

private:
    std::unordered_map<std::string, std::int64_t> m_ids;
    std::vector<std::size_t> m_lengths; // that occur, longest first
    std::bitset<256> m_firstBytes;
};

}
