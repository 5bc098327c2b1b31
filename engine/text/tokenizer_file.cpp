#include "engine/text/tokenizer_file.h"

#include "engine/core/error.h"
#include "engine/core/file.h"
#include "engine/text/byte_map.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace vlmptq::text {

namespace {

using nlohmann::json;

constexpr std::int64_t idLimit = 1 << 24; // far above any vocabulary; bounds what a damaged file can allocate
// What ByteLevel does by itself when it is told to cut (`use_regex`).
constexpr const char* byteLevelExpression =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

// The two big tables of the file, taken out of the stream of parse events.
struct Tables {
    std::vector<std::pair<std::string, std::int64_t>> vocabulary;
    std::vector<std::pair<std::string, std::string>> merges;
};

class Reader {
public:
    explicit Reader(const std::filesystem::path& path) : m_path(path) {}

    TokenizerFile read() {
        parse();
        checkModel();
        readPreTokenizer();
        readNormalizer();
        readAddedTokens();
        buildVocabulary();
        buildMerges();
        return std::move(m_file);
    }

private:
    [[noreturn]] void fail(const char* id, const std::string& what, const std::string& hint = {}) const {
        throw Error(ErrorKind::BadInput, id, m_path.string() + ": " + what, hint);
    }

    void parse();
    bool keep(int depth, json::parse_event_t event, json& parsed);
    void takeVocabulary(json::parse_event_t event, const json& parsed);
    void takeMerge(int depth, json::parse_event_t event, json& parsed);

    void checkModel() const;
    void readNormalizer();
    void readPreTokenizer();
    void readSplit(const json& step, const std::string& where);
    void readAddedTokens();
    void buildVocabulary();
    void addEntry(std::string token, std::int64_t id, const std::string& where);
    void buildMerges();
    std::int32_t idOf(const std::string& token, std::size_t rank) const;

    std::filesystem::path m_path;
    json m_root; // everything but the tables
    Tables m_tables;
    std::string m_topKey, m_modelKey, m_word;
    std::vector<std::string> m_halves; // of the merge being read, when it is an array
    TokenizerFile m_file;
};

void Reader::parse() {
    const auto content = readFile(m_path);
    try {
        m_root = json::parse(content, [this](int depth, json::parse_event_t event, json& parsed) {
            return keep(depth, event, parsed);
        });
    } catch (const json::parse_error& e) {
        fail("E-TOK-01", "not JSON, at byte " + std::to_string(e.byte) + ".",
             "Copy the file again from its source.");
    }
    if (!m_root.is_object() || !m_root.contains("model") || !m_root["model"].is_object())
        fail("E-TOK-02", "there is no object 'model', so this is not a tokenizer file.");
}

// Called for every event of the parser; false leaves a value out of the tree.
bool Reader::keep(int depth, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::key) {
        if (depth == 1)
            m_topKey = parsed.get_ref<const std::string&>();
        if (depth == 2)
            m_modelKey = parsed.get_ref<const std::string&>();
    }
    if (m_topKey != "model" || depth < 3)
        return true;
    if (m_modelKey == "vocab") {
        takeVocabulary(event, parsed);
        return false;
    }
    if (m_modelKey == "merges") {
        takeMerge(depth, event, parsed);
        return event != json::parse_event_t::value; // an array is kept open while its halves come in
    }
    return true;
}

void Reader::takeVocabulary(json::parse_event_t event, const json& parsed) {
    if (event == json::parse_event_t::key) {
        m_word = parsed.get_ref<const std::string&>();
        return;
    }
    if (event != json::parse_event_t::value || !parsed.is_number_integer())
        fail("E-TOK-02", "model.vocab: the id of '" + m_word + "' is not a whole number.");
    m_tables.vocabulary.emplace_back(std::move(m_word), parsed.get<std::int64_t>());
}

// "a b", or ["a", "b"]
void Reader::takeMerge(int depth, json::parse_event_t event, json& parsed) {
    const auto nameOfMerge = [this] {
        return "model.merges[" + std::to_string(m_tables.merges.size()) + "]";
    };
    if (event == json::parse_event_t::array_start && depth == 3) {
        m_halves.clear();
    } else if (event == json::parse_event_t::value && parsed.is_string() && depth == 4) {
        m_halves.push_back(std::move(parsed.get_ref<std::string&>()));
    } else if (event == json::parse_event_t::array_end && depth == 3 && m_halves.size() == 2) {
        m_tables.merges.emplace_back(std::move(m_halves[0]), std::move(m_halves[1]));
        m_halves.clear();
    } else if (event == json::parse_event_t::value && parsed.is_string() && depth == 3) {
        const auto& merge = parsed.get_ref<const std::string&>();
        const auto blank = merge.find(' ');
        if (blank == std::string::npos)
            fail("E-TOK-03", nameOfMerge() + " '" + merge + "' has no blank in it.");
        m_tables.merges.emplace_back(merge.substr(0, blank), merge.substr(blank + 1));
    } else {
        fail("E-TOK-03", nameOfMerge() + " is neither a text \"a b\" nor a pair [\"a\", \"b\"].");
    }
}

void Reader::checkModel() const {
    const auto& model = m_root.at("model");
    const auto type = model.value("type", json("BPE"));
    if (type != "BPE")
        fail("E-TOK-05", "model.type is " + type.dump() + ".", "Supported: \"BPE\" on bytes.");
    for (const char* field : {"byte_fallback", "fuse_unk", "ignore_merges"})
        if (model.contains(field) && model[field] == true)
            fail("E-TOK-05", std::string("model.") + field + " is true, which is not supported.");
    for (const char* field : {"continuing_subword_prefix", "end_of_word_suffix"})
        if (model.contains(field) && !model[field].is_null() && model[field] != "")
            fail("E-TOK-05",
                 std::string("model.") + field + " is " + model[field].dump() + ", which is not supported.");
}

void Reader::readNormalizer() {
    const auto normalizer = m_root.value("normalizer", json());
    if (normalizer.is_null())
        return;
    const auto steps = normalizer.value("type", json()) == "Sequence"
                           ? normalizer.value("normalizers", json::array())
                           : json::array({normalizer});
    for (const auto& step : steps) {
        const auto type = step.value("type", json());
        if (type != "NFC")
            fail("E-TOK-05", "normalizer " + type.dump() + " is not supported.", "Supported: \"NFC\".");
        m_file.composesNfc = true;
    }
}

void Reader::readPreTokenizer() {
    const auto root = m_root.value("pre_tokenizer", json());
    if (!root.is_object())
        fail("E-TOK-05", "there is no pre_tokenizer, so this is not byte-level BPE.");
    const bool isSequence = root.value("type", json()) == "Sequence";
    const auto steps = isSequence ? root.value("pretokenizers", json::array()) : json::array({root});
    bool hasByteLevel = false;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const auto where =
            isSequence ? "pre_tokenizer.pretokenizers[" + std::to_string(i) + "]" : "pre_tokenizer";
        const auto& step = steps[i];
        if (step.value("type", json()) == "Split") {
            readSplit(step, where);
        } else if (step.value("type", json()) == "ByteLevel") {
            hasByteLevel = true;
            if (step.value("add_prefix_space", json(true)) != false)
                fail("E-TOK-05", where + ".add_prefix_space is not false, which is not supported.");
            if (step.value("use_regex", json(true)) != false)
                m_file.expressions.push_back(byteLevelExpression);
        } else {
            fail("E-TOK-05", where + ".type is " + step.value("type", json()).dump() + ".",
                 "Supported: Split, then ByteLevel.");
        }
    }
    if (!hasByteLevel)
        fail("E-TOK-05", "pre_tokenizer has no ByteLevel step, so this is not byte-level BPE.");
}

void Reader::readSplit(const json& step, const std::string& where) {
    if (step.value("behavior", json()) != "Isolated")
        fail("E-TOK-05", where + ".behavior is " + step.value("behavior", json()).dump() + ".",
             "Supported: \"Isolated\".");
    const auto pattern = step.value("pattern", json::object()).value("Regex", json());
    if (!pattern.is_string())
        fail("E-TOK-05", where + ".pattern has no text 'Regex'.");
    m_file.expressions.push_back(pattern.get<std::string>());
}

void Reader::readAddedTokens() {
    const auto entries = m_root.value("added_tokens", json::array());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto& entry = entries[i];
        const auto where = "added_tokens[" + std::to_string(i) + "]";
        if (!entry.is_object() || !entry.value("id", json()).is_number_integer() ||
            !entry.value("content", json()).is_string() || entry["content"] == "")
            fail("E-TOK-06", where + " needs a whole number 'id' and a text 'content'.");
        for (const char* field : {"lstrip", "rstrip", "single_word"})
            if (entry.value(field, json()) == true)
                fail("E-TOK-06", where + " (" + entry["content"].dump() + "): " + field +
                                     " is true, which is not supported.");
        m_file.added.push_back({entry["id"].get<std::int64_t>(), entry["content"].get<std::string>(),
                                entry.value("special", json()) == true});
    }
}

void Reader::buildVocabulary() {
    if (m_tables.vocabulary.empty())
        fail("E-TOK-02", "model.vocab is missing or empty.");
    for (auto& [token, id] : m_tables.vocabulary)
        addEntry(std::move(token), id, "model.vocab");
    for (const auto& token : m_file.added)
        addEntry(token.content, token.id, "added_tokens");
    m_file.ids.reserve(m_file.tokens.size());
    for (std::size_t id = 0; id < m_file.tokens.size(); ++id)
        if (!m_file.tokens[id].empty())
            m_file.ids.emplace(m_file.tokens[id], static_cast<std::int32_t>(id));
    m_file.entries = static_cast<std::int64_t>(m_file.ids.size());

    for (std::size_t byte = 0; byte < 256; ++byte) {
        const auto found = m_file.ids.find(byteSpellings()[byte]);
        if (found == m_file.ids.end())
            fail("E-TOK-05", "model.vocab has no entry for byte " + std::to_string(byte) + " ('" +
                                 byteSpellings()[byte] + "'), so this is not byte-level BPE.");
        m_file.byteIds[byte] = found->second;
    }
}

void Reader::addEntry(std::string token, std::int64_t id, const std::string& where) {
    if (id < 0 || id >= idLimit)
        fail("E-TOK-02", where + ": the id of '" + token + "' is " + std::to_string(id) + ".");
    const auto at = static_cast<std::size_t>(id);
    if (at >= m_file.tokens.size())
        m_file.tokens.resize(at + 1);
    if (!m_file.tokens[at].empty() && m_file.tokens[at] != token)
        fail("E-TOK-02", where + ": '" + m_file.tokens[at] + "' and '" + token + "' have the same id " +
                             std::to_string(id) + ".");
    m_file.tokens[at] = std::move(token);
}

void Reader::buildMerges() {
    m_file.merges.reserve(m_tables.merges.size());
    for (std::size_t rank = 0; rank < m_tables.merges.size(); ++rank) {
        const auto& [left, right] = m_tables.merges[rank];
        m_file.merges.push_back({idOf(left, rank), idOf(right, rank), idOf(left + right, rank)});
    }
}

std::int32_t Reader::idOf(const std::string& token, std::size_t rank) const {
    const auto found = m_file.ids.find(token);
    if (found == m_file.ids.end())
        fail("E-TOK-03", "model.merges[" + std::to_string(rank) + "] needs '" + token +
                             "', which is not in model.vocab.");
    return found->second;
}

}

TokenizerFile readTokenizerFile(const std::filesystem::path& path) { return Reader(path).read(); }

}
