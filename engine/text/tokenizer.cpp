#include "engine/text/tokenizer.h"

#include "engine/core/error.h"
#include "engine/text/added_tokens.h"
#include "engine/text/bpe.h"
#include "engine/text/byte_map.h"
#include "engine/text/pre_tokenizer.h"
#include "engine/text/tokenizer_file.h"
#include "engine/text/utf8.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace vlmptq::text {

namespace {

constexpr std::size_t textLimit = 1u << 30;  // ICU counts in 32 bits
constexpr std::size_t cachedPieceLimit = 64; // longer pieces hardly ever come twice

// One call of encode: remembers the pieces it has seen, words repeat.
class PieceEncoder {
public:
    PieceEncoder(const Bpe& bpe, std::vector<std::int64_t>& ids) : m_bpe(bpe), m_ids(ids) {}

    void add(std::string_view piece) {
        if (piece.size() > cachedPieceLimit) {
            m_bpe.encode(piece, m_scratch, m_ids);
            return;
        }
        const auto [known, isNew] = m_known.try_emplace(std::string(piece));
        if (isNew)
            m_bpe.encode(piece, m_scratch, known->second);
        m_ids.insert(m_ids.end(), known->second.begin(), known->second.end());
    }

private:
    const Bpe& m_bpe;
    std::vector<std::int64_t>& m_ids;
    BpeScratch m_scratch;
    std::unordered_map<std::string, std::vector<std::int64_t>> m_known;
};

// The stretches of [0, size) that no literal range touches, in order.
std::vector<Range> outside(std::span<const Range> literal, std::size_t size) {
    std::vector<Range> sorted;
    sorted.assign(literal.begin(), literal.end());
    std::sort(sorted.begin(), sorted.end(), [](const Range& a, const Range& b) { return a.begin < b.begin; });
    std::vector<Range> open;
    std::size_t at = 0;
    for (const auto& range : sorted) {
        if (range.begin > at)
            open.push_back({at, std::min(range.begin, size)});
        at = std::max(at, range.end);
    }
    if (at < size)
        open.push_back({at, size});
    return open;
}

class BytePairTokenizer : public Tokenizer {
public:
    BytePairTokenizer(TokenizerFile file, const std::string& where)
        : m_file(std::move(file)), m_bpe(m_file.byteIds, m_file.merges), m_finder(m_file.added) {
        for (const auto& expression : m_file.expressions)
            m_cutters.push_back(makePreTokenizer(expression, where + ": pre_tokenizer"));
        for (const auto& token : m_file.added)
            m_added.emplace(token.id, &token);
        m_file.merges = {};
    }

    std::vector<std::int64_t> encode(std::string_view utf8, std::span<const Range> literal) const override {
        if (utf8.size() > textLimit)
            throw Error(ErrorKind::BadInput, "E-TOK-07",
                        "A text of " + std::to_string(utf8.size()) + " bytes is too long to be tokenised.");
        std::vector<std::int64_t> ids;
        PieceEncoder encoder(m_bpe, ids);
        std::size_t done = 0;
        for (const auto& open : outside(literal, utf8.size())) {
            auto match = m_finder.find(utf8, open.begin, open.end);
            while (match) {
                encodeOrdinary(utf8.substr(done, match->begin - done), encoder);
                ids.push_back(match->id);
                done = match->end;
                match = m_finder.find(utf8, done, open.end);
            }
        }
        encodeOrdinary(utf8.substr(done), encoder);
        return ids;
    }

    std::string decode(std::span<const std::int64_t> ids, bool skipSpecial) const override {
        std::string out, bytes;
        const auto flush = [&] {
            out += repairUtf8(bytes);
            bytes.clear();
        };
        for (const auto id : ids) {
            const auto added = m_added.find(id);
            if (added == m_added.end()) {
                bytes += bytesOf(id);
            } else if (!skipSpecial || !added->second->isSpecial) {
                flush();
                out += added->second->content;
            }
        }
        flush();
        return out;
    }

    std::optional<std::int64_t> idOf(std::string_view token) const override {
        const auto found = m_file.ids.find(token);
        return found == m_file.ids.end() ? std::nullopt : std::optional<std::int64_t>(found->second);
    }

    std::string tokenOf(std::int64_t id) const override {
        const bool isKnown = id >= 0 && id < static_cast<std::int64_t>(m_file.tokens.size());
        return isKnown ? m_file.tokens[static_cast<std::size_t>(id)] : std::string();
    }

    std::int64_t size() const override { return m_file.entries; }

private:
    void encodeOrdinary(std::string_view raw, PieceEncoder& encoder) const {
        if (raw.empty())
            return;
        auto utf8 = repairUtf8(raw);
        if (m_file.composesNfc)
            utf8 = composeNfc(utf8);
        cut(utf8, 0, encoder);
    }

    void cut(std::string_view piece, std::size_t step, PieceEncoder& encoder) const {
        if (step == m_cutters.size())
            return encoder.add(piece);
        m_cutters[step]->split(piece, [&](std::string_view part) { cut(part, step + 1, encoder); });
    }

    // A vocabulary entry that is no byte spelling (a hand-made one) stands for itself.
    std::string bytesOf(std::int64_t id) const {
        auto token = tokenOf(id);
        auto bytes = bytesOfSpelling(token);
        return bytes ? std::move(*bytes) : std::move(token);
    }

    TokenizerFile m_file;
    Bpe m_bpe;
    AddedTokenFinder m_finder;
    std::vector<std::unique_ptr<PreTokenizer>> m_cutters;
    std::unordered_map<std::int64_t, const AddedToken*> m_added;
};

}

std::shared_ptr<const Tokenizer> Tokenizer::open(const std::filesystem::path& tokenizerJson) {
    return std::make_shared<BytePairTokenizer>(readTokenizerFile(tokenizerJson), tokenizerJson.string());
}

}
