#include "engine/evaluation/tsv_reader.h"

#include "engine/core/md5.h"
#include "engine/evaluation/tsv_utf8.h"

#include <algorithm>
#include <fstream>
#include <optional>

namespace vlmptq::evaluation {
namespace {

constexpr std::size_t kBlockBytes = std::size_t(1) << 20;
constexpr std::uint64_t kLargestCell = std::uint64_t(512) << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kLfsPointer = "version https://git-lfs.github.com/";

class TsvReader {
public:
    TsvReader(const std::filesystem::path& file, const TsvHandler& handler)
        : m_file(file), m_handler(handler) {}

    void parse(std::string_view block) {
        std::size_t at = 0;
        while (at < block.size())
            at += step(block.substr(at));
        checkSize();
    }
    void skip(std::size_t bytes) { m_offset += bytes; }

    // True when the last record lacks its line end.
    bool finish() {
        if (m_state == State::Quoted)
            refuse("E_QUOTE", m_openLine,
                   "A quoted cell opens in line " + std::to_string(m_openLine) + " and is never closed.");
        if (m_state == State::CellStart && m_record.cells == 0)
            return false;
        dropReturn();
        endCell();
        endRecord();
        return true;
    }
    bool hasHeader() const { return m_hasHeader; }
    [[noreturn]] void refuse(const char* code, std::int64_t line, const std::string& message) const {
        LoadProblem problem;
        problem.code = code;
        problem.line = line;
        problem.message = message;
        throw BenchmarkError(m_file, problem);
    }

private:
    enum class State { CellStart, Plain, Quoted, QuoteInQuoted };

    // Consumes a run of bytes that one state can take, at least one unless the state changes.
    std::size_t step(std::string_view rest) {
        switch (m_state) {
        case State::CellStart:
            return startCell(rest.front());
        case State::Plain:
            return takePlain(rest);
        case State::Quoted:
            return takeQuoted(rest);
        case State::QuoteInQuoted:
            return takeAfterQuote(rest.front());
        }
        return 0;
    }

    std::size_t startCell(char first) {
        m_cellOffset = m_offset;
        m_endsWithReturn = false;
        m_isEmpty = true;
        if (first != '"') {
            m_state = State::Plain;
            return 0;
        }
        m_openLine = m_line;
        m_isEmpty = false;
        m_state = State::Quoted;
        return advance(1);
    }

    std::size_t takePlain(std::string_view rest) {
        const auto isSeparator = [](char c) { return c == '\t' || c == '\n'; };
        const auto end = std::size_t(std::find_if(rest.begin(), rest.end(), isSeparator) - rest.begin());
        append(rest.substr(0, end));
        if (end > 0)
            m_endsWithReturn = rest[end - 1] == '\r';
        advance(end);
        if (end == rest.size())
            return end;
        const bool isLineEnd = rest[end] == '\n';
        if (isLineEnd)
            dropReturn();
        endCell();
        advance(1);
        if (isLineEnd) {
            endRecord();
            m_record.line = ++m_line;
        }
        return end + 1;
    }

    std::size_t takeQuoted(std::string_view rest) {
        const std::size_t end = std::min(rest.find('"'), rest.size());
        const std::string_view content = rest.substr(0, end);
        append(content);
        m_line += std::count(content.begin(), content.end(), '\n');
        advance(end);
        if (end == rest.size())
            return end;
        m_state = State::QuoteInQuoted;
        m_endsWithReturn = false;
        return end + advance(1);
    }

    std::size_t takeAfterQuote(char next) {
        if (next != '"') {
            m_state = State::Plain; // closed; what may follow belongs to the cell as it stands
            return 0;
        }
        append("\"");
        m_state = State::Quoted;
        return advance(1);
    }

    std::size_t advance(std::size_t bytes) {
        m_offset += bytes;
        return bytes;
    }

    ColumnUse use() const {
        if (!m_hasHeader)
            return ColumnUse::Text;
        return m_record.cells < m_uses.size() ? m_uses[m_record.cells] : ColumnUse::Ignore;
    }

    void append(std::string_view text) {
        if (text.empty())
            return;
        m_isEmpty = false;
        if (use() == ColumnUse::Text)
            m_text += text;
        if (use() == ColumnUse::Image)
            m_scan.feed(text);
    }

    // The carriage return of a CRLF is no part of the cell.
    void dropReturn() {
        if (!m_endsWithReturn)
            return;
        if (use() == ColumnUse::Text)
            m_text.pop_back();
        m_isEmpty = m_isEmpty || m_offset - m_cellOffset == 1;
        m_returnBytes = 1;
    }

    void endCell() {
        const std::size_t column = m_record.cells;
        if (!m_hasHeader) {
            m_record.texts.push_back(m_text);
        } else if (use() == ColumnUse::Text) {
            m_record.texts[column] = m_text;
        } else if (use() == ColumnUse::Image) {
            ImageCell& cell = m_record.images[column] = m_scan.finish();
            cell.offset = m_cellOffset;
            cell.length = m_offset - m_cellOffset - m_returnBytes;
        }
        ++m_record.cells;
        m_text.clear();
        m_scan = {};
        m_returnBytes = 0;
        m_state = State::CellStart;
    }

    void endRecord() {
        const bool isBlankLine = m_record.cells == 1 && m_isEmpty;
        if (!isBlankLine && !m_hasHeader)
            readHeader();
        else if (!isBlankLine)
            m_handler.record(m_record);
        m_record = {};
        if (!m_hasHeader)
            return;
        m_record.texts.resize(m_uses.size());
        m_record.images.resize(m_uses.size());
    }

    void readHeader() {
        if (m_record.cells < 2)
            refuse("E_NOT_TSV", m_record.line,
                   "The first line is one cell; columns must be separated by tabs (is this a CSV file or a "
                   "web page?).");
        m_uses = m_handler.header(m_record.texts);
        m_hasHeader = true;
    }

    void checkSize() const {
        if (m_state == State::CellStart || m_offset - m_cellOffset <= kLargestCell)
            return;
        const char* why = m_state == State::Quoted ? " Its opening quote may never be closed." : "";
        refuse("E_CELL_SIZE", m_record.line,
               "The cell that starts at byte " + std::to_string(m_cellOffset) + " is larger than 512 MiB." +
                   why);
    }

    const std::filesystem::path& m_file;
    const TsvHandler& m_handler;
    bool m_hasHeader = false;
    std::vector<ColumnUse> m_uses;
    State m_state = State::CellStart;
    TsvRecord m_record{.line = 1};
    std::string m_text;
    ImageCellScan m_scan;
    bool m_isEmpty = true, m_endsWithReturn = false;
    std::uint64_t m_offset = 0, m_cellOffset = 0, m_returnBytes = 0;
    std::int64_t m_line = 1, m_openLine = 0;
};

void throwIfStopped(const std::stop_token& stop, const std::filesystem::path& file) {
    if (stop.stop_requested())
        throw Error(ErrorKind::Stopped, "E-BENCH-03", "Reading " + file.string() + " was stopped.");
}

}

TsvSummary readTsv(const std::filesystem::path& file, const TsvHandler& handler, std::stop_token stop) {
    std::ifstream stream(file, std::ios::binary);
    std::error_code noSize;
    const std::uint64_t total = std::filesystem::file_size(file, noSize);
    if (!stream || noSize)
        throw Error(ErrorKind::BadInput, "E-BENCH-04",
                    "The benchmark file " + file.string() + " cannot be read.",
                    "Check the path and the permissions.");
    TsvReader reader(file, handler);
    if (total == 0)
        reader.refuse("E_FILE_EMPTY", 0, "The file is empty.");
    Utf8Check encoding;
    Md5 md5;
    const auto refuseEncoding = [&](std::optional<std::uint64_t> offset) {
        if (offset)
            reader.refuse("E_ENCODING", 0,
                          "The file is not UTF-8 text: the character at byte " + std::to_string(*offset) +
                              " is not.");
    };
    std::string buffer(kBlockBytes, '\0');
    std::uint64_t done = 0;
    while (stream.read(buffer.data(), std::streamsize(buffer.size())) || stream.gcount() > 0) {
        throwIfStopped(stop, file);
        std::string_view block(buffer.data(), std::size_t(stream.gcount()));
        refuseEncoding(encoding.feed(block));
        if (done == 0 && block.starts_with(kLfsPointer))
            reader.refuse("E_LFS_POINTER", 1,
                          "The file is a Git LFS pointer, not the data; fetch it with 'git lfs pull'.");
        const std::size_t mark = done == 0 && block.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
        reader.skip(mark);
        done += block.size();
        md5.update(block);
        reader.parse(block.substr(mark));
        if (handler.progress)
            handler.progress(done, total);
    }
    if (done < total)
        throw Error(ErrorKind::BadInput, "E-BENCH-05",
                    file.string() + " could not be read after byte " + std::to_string(done) + ".",
                    "Check the disk.");
    refuseEncoding(encoding.finish());
    const bool lacksLineEnd = reader.finish();
    if (!reader.hasHeader())
        reader.refuse("E_FILE_EMPTY", 0, "The file has no header line.");
    return {.endsWithLineEnd = !lacksLineEnd, .bytes = done, .md5 = md5.hex()};
}

std::string unquoted(std::string raw) {
    if (!raw.starts_with('"'))
        return raw;
    std::string text;
    std::size_t at = 1;
    for (; at < raw.size(); ++at) {
        if (raw[at] != '"')
            text += raw[at];
        else if (at + 1 < raw.size() && raw[at + 1] == '"')
            text += raw[at++];
        else
            break;
    }
    return at < raw.size() ? text + raw.substr(at + 1) : text;
}

}
