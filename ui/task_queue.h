// task_queue.h - one background thread for the window: reading model headers, pictures, the database. Work is
// tagged: a newer request of the same tag and context replaces a waiting one, asks a running one to stop, and
// makes its late answer void. Answers arrive on the UI thread, and only while `context` lives. Joined on
// destruction.
#pragma once
#include "ui/problem.h"

#include <QObject>
#include <QPointer>

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

namespace vlmptq::ui {

class TaskQueue : public QObject {
    Q_OBJECT
public:
    using Failed = std::function<void(const Problem&)>;

    explicit TaskQueue(QObject* parent = nullptr);
    ~TaskQueue() override;

    // `work(stop)` runs on the queue's thread and returns a value; `done(value)` or `failed(problem)` runs
    // here.
    template <class Work, class Done>
    void post(QObject* context, const QString& tag, Work work, Done done, Failed failed = {}) {
        using Value = std::invoke_result_t<Work&, std::stop_token>;
        add(
            context, tag,
            [work = std::move(work), done = std::move(done)](std::stop_token stop) mutable {
                auto value = std::make_shared<Value>(work(stop));
                return std::function<void()>([value, done] { done(std::move(*value)); });
            },
            std::move(failed));
    }
    void cancel(QObject* context, const QString& tag);
    bool isIdle() const;

private:
    using Key = std::pair<QObject*, QString>;
    struct Task {
        Key key;
        QPointer<QObject> context;
        quint64 number = 0;
        std::stop_source stop;
        std::function<std::function<void()>(std::stop_token)> work;
        Failed failed;
    };

    void add(QObject* context, const QString& tag, std::function<std::function<void()>(std::stop_token)>,
             Failed);
    void work(std::stop_token);
    void deliver(const std::shared_ptr<Task>&, std::function<void()> answer); // UI thread

    mutable std::mutex m_mutex;
    std::condition_variable_any m_wake;
    std::deque<std::shared_ptr<Task>> m_waiting;
    std::shared_ptr<Task> m_running;
    std::map<Key, quint64> m_newest; // UI thread only
    quint64 m_counter = 0;
    std::jthread m_thread; // last: it uses everything above
};

}
