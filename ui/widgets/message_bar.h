// message_bar.h - messages about the run or the program above the tabs, without blocking anything
// (interface.md 8): icon, sentence, actions, Details, Copy, Dismiss. The same message again only raises a
// count.
#pragma once
#include "ui/problem.h"

#include <QWidget>

#include <functional>
#include <vector>

class QVBoxLayout;

namespace vlmptq::ui {

class MessageBar : public QWidget {
    Q_OBJECT
public:
    struct Action {
        QString text;
        QString objectName;
        std::function<void()> run;
    };

    explicit MessageBar(QWidget* parent = nullptr);
    // `topic` groups messages that replace each other ("run 7"); empty: the sentence itself.
    void show(const Problem&, std::vector<Action> actions = {}, const QString& topic = {});
    void dismiss(const QString& topic);

private:
    class Message;
    QVBoxLayout* m_column;
    std::vector<Message*> m_messages; // newest last; at most a few
};

}
