#include "engine/text/bpe.h"

#include <algorithm>
#include <bit>

namespace vlmptq::text {

namespace {

constexpr std::uint64_t emptyPair = ~0ull;
constexpr std::int32_t none = -1;

std::uint64_t pairOf(std::int32_t left, std::int32_t right) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32 |
           static_cast<std::uint32_t>(right);
}

// Orders a max-heap so that its top is the lowest rank, then the leftmost position.
bool comesLater(const BpeScratch::Candidate& a, const BpeScratch::Candidate& b) {
    return a.rank != b.rank ? a.rank > b.rank : a.position > b.position;
}

}

Bpe::Bpe(const std::array<std::int32_t, 256>& byteIds, std::span<const BpeMerge> merges)
    : m_byteIds(byteIds) {
    const auto capacity = std::bit_ceil(std::max<std::size_t>(16, merges.size() * 2));
    m_shift = 64 - std::countr_zero(capacity);
    m_slots.assign(capacity, Slot{emptyPair, 0, 0});
    for (std::size_t rank = 0; rank < merges.size(); ++rank) {
        const auto& merge = merges[rank];
        const auto pair = pairOf(merge.left, merge.right);
        auto& slot = m_slots[slotOf(pair)];
        if (slot.pair == emptyPair)
            slot = {pair, static_cast<std::int32_t>(rank), merge.merged};
    }
}

// The slot that holds the pair, or the empty one where it belongs.
std::size_t Bpe::slotOf(std::uint64_t pair) const {
    auto at = static_cast<std::size_t>((pair * 0x9E3779B97F4A7C15ull) >> m_shift);
    while (m_slots[at].pair != pair && m_slots[at].pair != emptyPair)
        at = (at + 1) & (m_slots.size() - 1);
    return at;
}

const Bpe::Slot* Bpe::find(std::int32_t left, std::int32_t right) const {
    const auto& slot = m_slots[slotOf(pairOf(left, right))];
    return slot.pair == emptyPair ? nullptr : &slot;
}

void Bpe::consider(BpeScratch& scratch, std::int32_t left) const {
    const auto& symbol = scratch.symbols[static_cast<std::size_t>(left)];
    if (symbol.next == none)
        return;
    const auto rightId = scratch.symbols[static_cast<std::size_t>(symbol.next)].id;
    if (const auto* merge = find(symbol.id, rightId)) {
        scratch.heap.push_back({merge->rank, left, symbol.id, rightId, merge->merged});
        std::push_heap(scratch.heap.begin(), scratch.heap.end(), comesLater);
    }
}

void Bpe::encode(std::string_view bytes, BpeScratch& scratch, std::vector<std::int64_t>& ids) const {
    if (bytes.empty())
        return;
    auto& symbols = scratch.symbols;
    symbols.clear();
    scratch.heap.clear();
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto at = static_cast<std::int32_t>(i);
        symbols.push_back({m_byteIds[static_cast<unsigned char>(bytes[i])], at - 1, at + 1});
    }
    symbols.back().next = none;
    for (std::size_t i = 0; i + 1 < symbols.size(); ++i)
        consider(scratch, static_cast<std::int32_t>(i));

    while (!scratch.heap.empty()) {
        std::pop_heap(scratch.heap.begin(), scratch.heap.end(), comesLater);
        const auto candidate = scratch.heap.back();
        scratch.heap.pop_back();
        auto& left = symbols[static_cast<std::size_t>(candidate.position)];
        // A candidate is stale when one of its halves has been merged away since.
        if (left.id != candidate.left || left.next == none)
            continue;
        auto& right = symbols[static_cast<std::size_t>(left.next)];
        if (right.id != candidate.right)
            continue;
        left.id = candidate.merged;
        right.id = none;
        left.next = right.next;
        if (left.next != none)
            symbols[static_cast<std::size_t>(left.next)].previous = candidate.position;
        consider(scratch, candidate.position);
        if (left.previous != none)
            consider(scratch, left.previous);
    }
    for (std::int32_t at = 0; at != none; at = symbols[static_cast<std::size_t>(at)].next)
        ids.push_back(symbols[static_cast<std::size_t>(at)].id);
}

}
