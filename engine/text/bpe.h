// bpe.h - the merge step of byte-pair encoding over token ids. A piece of n bytes costs O(n log n) whatever
// its length. Immutable after construction; a BpeScratch belongs to one thread.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace vlmptq::text {

struct BpeMerge {
    std::int32_t left = 0, right = 0, merged = 0; // token ids; the position in the list is the rank
};

// Working memory of one encode call, kept between pieces.
struct BpeScratch {
    struct Symbol {
        std::int32_t id, previous, next;
    };
    struct Candidate {
        std::int32_t rank, position, left, right, merged;
    };
    std::vector<Symbol> symbols;
    std::vector<Candidate> heap;
};

class Bpe {
public:
    Bpe(const std::array<std::int32_t, 256>& byteIds, std::span<const BpeMerge> merges);
    // Repeatedly merges the adjacent pair of lowest rank, leftmost first; appends the ids of `bytes`.
    void encode(std::string_view bytes, BpeScratch&, std::vector<std::int64_t>& ids) const;

private:
    struct Slot {
        std::uint64_t pair;
        std::int32_t rank, merged;
    };
    const Slot* find(std::int32_t left, std::int32_t right) const;
    std::size_t slotOf(std::uint64_t pair) const;
    void consider(BpeScratch&, std::int32_t left) const;

    std::array<std::int32_t, 256> m_byteIds;
    std::vector<Slot> m_slots; // open addressing: the look-up is what encoding spends its time on
    int m_shift = 0;
};

}
