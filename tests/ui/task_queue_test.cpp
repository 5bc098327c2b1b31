#include "ui/task_queue.h"

#include <QtTest>

#include <atomic>

using namespace vlmptq;
using ui::TaskQueue;

class TaskQueueTest : public QObject {
    Q_OBJECT
    static QString tag() { return QStringLiteral("tag"); }
private Q_SLOTS:
    void answersOnTheCallersThread() {
        TaskQueue queue;
        QThread* answeredOn = nullptr;
        Qt::HANDLE workedOn = nullptr;
        queue.post(
            this, tag(), [&](std::stop_token) { return workedOn = QThread::currentThreadId(); },
            [&](Qt::HANDLE) { answeredOn = QThread::currentThread(); });
        QTRY_COMPARE(answeredOn, thread());
        QVERIFY(workedOn != QThread::currentThreadId());
    }
    void theNewestOfATagWinsAndTheOlderIsAskedToStop() {
        TaskQueue queue;
        std::atomic<bool> began = false, stopped = false;
        QList<int> answers;
        queue.post(
            this, tag(),
            [&](std::stop_token stop) {
                began = true;
                while (!stop.stop_requested())
                    QThread::msleep(1);
                stopped = true;
                return 1;
            },
            [&](int value) { answers << value; });
        QTRY_VERIFY(began);
        queue.post(
            this, tag(), [](std::stop_token) { return 2; }, [&](int value) { answers << value; });
        queue.post(
            this, tag(), [](std::stop_token) { return 3; }, [&](int value) { answers << value; });
        QTRY_COMPARE(answers, QList<int>{3});
        QVERIFY(stopped);
    }
    void otherTagsAndOtherContextsAreLeftAlone() {
        TaskQueue queue;
        QObject other;
        QList<int> answers;
        queue.post(
            this, tag(), [](std::stop_token) { return 1; }, [&](int value) { answers << value; });
        queue.post(
            &other, tag(), [](std::stop_token) { return 2; }, [&](int value) { answers << value; });
        queue.post(
            this, QStringLiteral("b"), [](std::stop_token) { return 3; },
            [&](int value) { answers << value; });
        QTRY_COMPARE(answers, (QList<int>{1, 2, 3}));
    }
    void aDeletedContextGetsNoAnswer() {
        TaskQueue queue;
        auto context = std::make_unique<QObject>();
        std::atomic<bool> go = false;
        bool answered = false, later = false;
        queue.post(
            context.get(), tag(),
            [&](std::stop_token) {
                while (!go)
                    QThread::msleep(1);
                return 1;
            },
            [&](int) { answered = true; });
        context.reset();
        go = true;
        queue.post(
            this, tag(), [](std::stop_token) { return 1; }, [&](int) { later = true; });
        QTRY_VERIFY(later);
        QVERIFY(!answered);
    }
    void anErrorBecomesAProblemWithItsHint() {
        TaskQueue queue;
        ui::Problem problem;
        queue.post(
            this, tag(),
            [](std::stop_token) -> int {
                throw Error(ErrorKind::BadInput, "E-X-01", "It broke.", "Mend it.");
            },
            [](int) {}, [&](const ui::Problem& p) { problem = p; });
        QTRY_COMPARE(problem.id, QStringLiteral("E-X-01"));
        QCOMPARE(problem.message(), QStringLiteral("It broke. Mend it."));
    }
    void destructionStopsAndJoinsRunningWork() {
        std::atomic<bool> began = false, ended = false;
        {
            TaskQueue queue;
            queue.post(
                this, tag(),
                [&](std::stop_token stop) {
                    began = true;
                    while (!stop.stop_requested())
                        QThread::msleep(1);
                    ended = true;
                    return 0;
                },
                [](int) {});
            QTRY_VERIFY(began);
        }
        QVERIFY(ended);
    }
};

QTEST_GUILESS_MAIN(TaskQueueTest)
#include "task_queue_test.moc"
