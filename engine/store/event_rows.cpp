// The log of a run and its use of memory.
#include "engine/core/text.h"
#include "engine/store/row.h"
#include "engine/store/sqlite_run_store.h"

namespace vlmptq::store {

void SqliteRunStore::addLog(RunId run, const std::string& severity, const std::string& code,
                            const std::string& where, const std::string& text) {
    requireWritable();
    Statement(m_connection,
              "INSERT INTO event (run, at, severity, code, place, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        .bind(run, utcNow(), severity, code, where, text)
        .run();
}

std::vector<LogEntry> SqliteRunStore::log(RunId run, std::int64_t afterId) {
    std::vector<LogEntry> entries;
    Statement select(
        m_connection,
        "SELECT id, run, at, severity, code, place, text FROM event WHERE run = ?1 AND id > ?2 ORDER BY id");
    select.bind(run, afterId);
    while (select.step()) {
        LogEntry entry;
        RowReader(select) >> entry.id >> entry.run >> entry.at >> entry.severity >> entry.code >>
            entry.where >> entry.text;
        entries.push_back(std::move(entry));
    }
    return entries;
}

void SqliteRunStore::addResourceSample(RunId run, const ResourceSample& sample) {
    requireWritable();
    Statement(m_connection,
              "INSERT INTO resource_sample (run, at, resident_bytes, device_bytes) VALUES (?1, ?2, ?3, ?4)")
        .bind(run, sample.at.empty() ? utcNow() : sample.at, sample.residentBytes, sample.deviceBytes)
        .run();
}

}
