#include "ui/task_queue.h"

#include <QCoreApplication>

#include <algorithm>

namespace vlmptq::ui {

TaskQueue::TaskQueue(QObject* parent)
    : QObject(parent), m_thread([this](std::stop_token stop) { work(stop); }) {}

TaskQueue::~TaskQueue() {
    m_thread.request_stop();
    {
        std::lock_guard lock(m_mutex);
        if (m_running)
            m_running->stop.request_stop();
    }
    m_thread.join();
}

void TaskQueue::add(QObject* context, const QString& tag,
                    std::function<std::function<void()>(std::stop_token)> work, Failed failed) {
    cancel(context, tag);
    auto task = std::make_shared<Task>();
    task->key = {context, tag};
    task->context = context;
    task->number = ++m_counter;
    task->work = std::move(work);
    task->failed = std::move(failed);
    m_newest[task->key] = task->number;
    {
        std::lock_guard lock(m_mutex);
        m_waiting.push_back(std::move(task));
    }
    m_wake.notify_one();
}

void TaskQueue::cancel(QObject* context, const QString& tag) {
    const Key key{context, tag};
    m_newest.erase(key);
    std::lock_guard lock(m_mutex);
    std::erase_if(m_waiting, [&](const auto& task) { return task->key == key; });
    if (m_running && m_running->key == key)
        m_running->stop.request_stop();
}

bool TaskQueue::isIdle() const {
    std::lock_guard lock(m_mutex);
    return m_waiting.empty() && !m_running;
}

void TaskQueue::work(std::stop_token stop) {
    while (true) {
        std::shared_ptr<Task> task;
        {
            std::unique_lock lock(m_mutex);
            m_running.reset();
            if (!m_wake.wait(lock, stop, [this] { return !m_waiting.empty(); }))
                return;
            task = m_running = m_waiting.front();
            m_waiting.pop_front();
        }
        std::function<void()> answer;
        try {
            answer = task->work(task->stop.get_token());
        } catch (const std::exception& exception) {
            answer = [failed = task->failed, problem = Problem::from(exception)] {
                if (failed && !problem.isStop)
                    failed(problem);
            };
        }
        QMetaObject::invokeMethod(
            this, [this, task, answer = std::move(answer)] { deliver(task, answer); }, Qt::QueuedConnection);
    }
}

void TaskQueue::deliver(const std::shared_ptr<Task>& task, std::function<void()> answer) {
    const auto newest = m_newest.find(task->key);
    if (newest == m_newest.end() || newest->second != task->number)
        return; // replaced or cancelled meanwhile
    m_newest.erase(newest);
    if (task->context)
        answer();
}

}
