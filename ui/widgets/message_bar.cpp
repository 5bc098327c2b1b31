#include "ui/widgets/message_bar.h"

#include "ui/widgets/severity.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace vlmptq::ui {
namespace {
constexpr std::size_t kMostMessages = 3; // older ones make room
}

class MessageBar::Message : public QFrame {
public:
    Message(const Problem& problem, const std::vector<Action>& actions, const QString& topic, MessageBar* bar)
        : QFrame(bar), m_topic(topic), m_problem(problem), m_bar(bar) {
        setObjectName(QStringLiteral("message"));
        setAccessibleName(severityWord(problem.severity) + QStringLiteral(": ") + problem.message());
        auto* row = new QHBoxLayout;
        row->addWidget(makeIcon(), 0, Qt::AlignTop);
        m_text = new QLabel(problem.message(), this);
        m_text->setObjectName(QStringLiteral("messageText"));
        m_text->setWordWrap(true);
        m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
        row->addWidget(m_text, 1);
        for (const Action& action : actions)
            row->addWidget(makeAction(action), 0, Qt::AlignTop);
        addDetails(row);
        auto* copy = makeTool(Glyph::Copy, MessageBar::tr("Copy this message"));
        connect(copy, &QToolButton::clicked, this,
                [this] { QApplication::clipboard()->setText(m_problem.copyText()); });
        row->addWidget(copy, 0, Qt::AlignTop);
        auto* close = makeTool(Glyph::Close, MessageBar::tr("Dismiss this message"));
        close->setObjectName(QStringLiteral("dismissMessage"));
        connect(close, &QToolButton::clicked, this, [this] { m_bar->dismiss(m_topic); });
        row->addWidget(close, 0, Qt::AlignTop);

        auto* column = new QVBoxLayout(this);
        column->setContentsMargins(10, 6, 8, 6);
        column->addLayout(row);
        if (m_details)
            column->addWidget(m_details);
    }

    const QString& topic() const { return m_topic; }
    void countUp() {
        ++m_count;
        //: %1 a message, %2 how often it came
        m_text->setText(MessageBar::tr("%1 (%2 times)").arg(m_problem.message()).arg(m_count));
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QColor base = palette().color(QPalette::Base);
        painter.setPen(QPen(palette().color(QPalette::Mid), 1));
        painter.setBrush(base);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
    }

private:
    QLabel* makeIcon() {
        auto* label = new QLabel(this);
        const int side = fontMetrics().height() + 2;
        label->setPixmap(severityIcon(m_problem.severity).pixmap(QSize(side, side), devicePixelRatioF()));
        label->setToolTip(severityWord(m_problem.severity));
        return label;
    }

    QPushButton* makeAction(const Action& action) {
        auto* button = new QPushButton(action.text, this);
        button->setObjectName(action.objectName);
        // The action may dismiss this very message: it is copied, and runs after the click is through.
        connect(
            button, &QPushButton::clicked, m_bar, [run = action.run] { run(); }, Qt::QueuedConnection);
        return button;
    }

    QToolButton* makeTool(Glyph glyph, const QString& name) {
        auto* button = new QToolButton(this);
        button->setIcon(icon(glyph, Ink::Muted));
        button->setAutoRaise(true);
        button->setToolTip(name);
        button->setAccessibleName(name);
        return button;
    }

    void addDetails(QHBoxLayout* row) {
        if (m_problem.details.isEmpty() && m_problem.id.isEmpty())
            return;
        auto* button = new QPushButton(MessageBar::tr("Details"), this);
        button->setObjectName(QStringLiteral("messageDetails"));
        button->setCheckable(true);
        row->addWidget(button, 0, Qt::AlignTop);
        m_details = new QPlainTextEdit(m_problem.copyText(), this);
        m_details->setReadOnly(true);
        m_details->setAccessibleName(MessageBar::tr("Details of the message"));
        m_details->setMaximumHeight(fontMetrics().lineSpacing() * 8);
        m_details->hide();
        connect(button, &QPushButton::toggled, m_details, &QWidget::setVisible);
    }

    QString m_topic;
    Problem m_problem;
    MessageBar* m_bar;
    QLabel* m_text = nullptr;
    QPlainTextEdit* m_details = nullptr;
    int m_count = 1;
};

MessageBar::MessageBar(QWidget* parent) : QWidget(parent), m_column(new QVBoxLayout(this)) {
    m_column->setContentsMargins(10, 6, 10, 2);
    m_column->setSpacing(4);
    hide();
}

void MessageBar::show(const Problem& problem, std::vector<Action> actions, const QString& topicOrEmpty) {
    const QString topic = topicOrEmpty.isEmpty() ? problem.sentence : topicOrEmpty;
    const auto same = std::ranges::find(m_messages, topic, &Message::topic);
    if (same != m_messages.end() && topicOrEmpty.isEmpty()) {
        (*same)->countUp();
        return;
    }
    dismiss(topic);
    if (m_messages.size() == kMostMessages)
        dismiss(m_messages.front()->topic());
    m_messages.push_back(new Message(problem, actions, topic, this));
    m_column->addWidget(m_messages.back());
    setVisible(true);
}

void MessageBar::dismiss(const QString& topic) {
    const auto found = std::ranges::find(m_messages, topic, &Message::topic);
    if (found == m_messages.end())
        return;
    (*found)->hide();
    (*found)->deleteLater();
    m_messages.erase(found);
    setVisible(!m_messages.empty());
}

}
