#include "ui/store_reader.h"

#include "ui/qt_text.h"

namespace vlmptq::ui {
namespace {
constexpr int kPollMilliseconds = 500;
}

struct StoreReader::Connections {
    std::unique_ptr<store::RunStore> writing, reading;
};

StoreReader::StoreReader(QObject* parent) : QObject(parent), m_connections(std::make_unique<Connections>()) {
    m_timer.setInterval(kPollMilliseconds);
    connect(&m_timer, &QTimer::timeout, this, &StoreReader::poll);
}

StoreReader::~StoreReader() = default;

void StoreReader::open(const std::filesystem::path& database) {
    struct Opened {
        bool readOnly = false;
        QString notice;
        qint64 version = 0;
    };
    m_isOpen = false;
    m_timer.stop();
    m_path = database;
    m_queue.post(
        this, QStringLiteral("open"),
        [this, database](std::stop_token) {
            *m_connections = {};
            auto writing = store::RunStore::open(database);
            if (!writing->isReadOnly())
                writing->markInterrupted();
            Opened opened{writing->isReadOnly(), text(writing->notice())};
            m_connections->reading = store::RunStore::open(database, true);
            opened.version = m_connections->reading->dataVersion();
            m_connections->writing = std::move(writing);
            return opened;
        },
        [this](const Opened& result) {
            m_isOpen = true;
            m_isReadOnly = result.readOnly;
            m_notice = result.notice;
            m_version = result.version;
            m_timer.start();
            Q_EMIT opened();
            Q_EMIT changed();
        },
        [this](const Problem& problem) { Q_EMIT openFailed(problem); });
}

void StoreReader::change(QObject* context, std::function<void(store::RunStore&)> change,
                         std::function<void()> done, TaskQueue::Failed failed) {
    m_queue.post(
        context, QStringLiteral("change %1").arg(++m_changes),
        [this, change = std::move(change)](std::stop_token) {
            reading(); // throws when nothing is open
            change(*m_connections->writing);
            return true;
        },
        [this, done = std::move(done)](bool) {
            if (done)
                done();
            poll();
        },
        failed ? std::move(failed) : reportHere());
}

store::RunStore& StoreReader::reading() {
    if (!m_connections->reading)
        throw Error(ErrorKind::Database, "E-DB-20", "No run database is open.",
                    "Open one with File, Open database.");
    return *m_connections->reading;
}

TaskQueue::Failed StoreReader::reportHere() {
    return [this](const Problem& problem) { Q_EMIT queryFailed(problem); };
}

void StoreReader::poll() {
    if (!m_isOpen)
        return;
    request(
        this, QStringLiteral("poll"), [](store::RunStore& store) { return qint64(store.dataVersion()); },
        [this](qint64 version) {
            if (version == m_version)
                return;
            m_version = version;
            Q_EMIT changed();
        });
}

}
