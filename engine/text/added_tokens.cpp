#include "engine/text/added_tokens.h"

#include <algorithm>
#include <functional>

namespace vlmptq::text {

AddedTokenFinder::AddedTokenFinder(std::span<const AddedToken> tokens) {
    for (const auto& token : tokens) {
        m_ids.emplace(token.content, token.id);
        m_lengths.push_back(token.content.size());
        m_firstBytes.set(static_cast<unsigned char>(token.content.front()));
    }
    std::sort(m_lengths.begin(), m_lengths.end(), std::greater<>());
    m_lengths.erase(std::unique(m_lengths.begin(), m_lengths.end()), m_lengths.end());
}

std::optional<AddedTokenFinder::Match> AddedTokenFinder::find(std::string_view text, std::size_t begin,
                                                              std::size_t end) const {
    for (auto at = begin; at < end; ++at) {
        if (!m_firstBytes.test(static_cast<unsigned char>(text[at])))
            continue;
        for (const auto length : m_lengths) {
            if (at + length > end)
                continue;
            const auto found = m_ids.find(std::string(text.substr(at, length)));
            if (found != m_ids.end())
                return Match{at, at + length, found->second};
        }
    }
    return std::nullopt;
}

}
