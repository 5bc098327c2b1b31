// store_reader.h - the window's way to the run database: a background thread with its own connections (a
// RunStore belongs to one thread). Polls the data version every 500 ms, so a run written by any process
// appears within a second. Queries are tagged: the newest of a tag and context wins. Use from the UI thread.
#pragma once
#include "engine/store/run_store.h"
#include "ui/task_queue.h"

#include <QTimer>

#include <filesystem>
#include <memory>

namespace vlmptq::ui {

class StoreReader : public QObject {
    Q_OBJECT
public:
    explicit StoreReader(QObject* parent = nullptr);
    ~StoreReader() override;

    void open(const std::filesystem::path& database); // then opened() or openFailed()
    bool isOpen() const { return m_isOpen; }
    bool isReadOnly() const { return m_isReadOnly; }
    const std::filesystem::path& path() const { return m_path; }
    QString notice() const { return m_notice; } // "opened read-only: …"

    // `query(store::RunStore&)` runs on the reader's thread, `done(value)` here. Example:
    //   reader.request(this, "layers", [id](auto& s) { return s.layers(id); }, [this](auto layers) {
    //   show(layers); });
    template <class Query, class Done>
    void request(QObject* context, const QString& tag, Query query, Done done,
                 TaskQueue::Failed failed = {}) {
        m_queue.post(
            context, tag,
            [this, query = std::move(query)](std::stop_token) mutable { return query(reading()); },
            std::move(done), failed ? std::move(failed) : reportHere());
    }
    // The same for a change (rename, delete, …), in order and never replaced; `changed()` follows. `done()`
    // runs here.
    void change(QObject* context, std::function<void(store::RunStore&)> change,
                std::function<void()> done = {}, TaskQueue::Failed failed = {});

Q_SIGNALS:
    void opened();
    void openFailed(const vlmptq::ui::Problem& problem);
    void changed(); // somebody wrote: ask again for what you show
    void queryFailed(const vlmptq::ui::Problem& problem);

private:
    struct Connections; // touched by the queue's thread only
    store::RunStore& reading();
    TaskQueue::Failed reportHere();
    void poll();

    std::unique_ptr<Connections> m_connections;
    std::filesystem::path m_path;
    bool m_isOpen = false, m_isReadOnly = false;
    QString m_notice;
    qint64 m_version = -1;
    quint64 m_changes = 0;
    QTimer m_timer;
    TaskQueue m_queue; // last: its thread ends before the connections go
};

}
