#include "ui/run/log_view.h"

#include "ui/store_reader.h"
#include "ui/theme/icons.h"
#include "ui/widgets/empty_state.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QStackedLayout>
#include <QTableView>
#include <QVBoxLayout>

namespace vlmptq::ui {

LogView::LogView(const Context& context, QWidget* parent)
    : QWidget(parent), m_context(context), m_model(new LogModel(this)), m_filter(new LogFilter(this)),
      m_table(new QTableView(this)), m_empty(new EmptyState({}, {}, this)), m_stack(new QStackedLayout) {
    setObjectName(QStringLiteral("logView"));
    m_filter->setSourceModel(m_model);
    m_table->setModel(m_filter);
    m_table->setObjectName(QStringLiteral("logTable"));
    m_table->setAccessibleName(tr("Log"));
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setStretchLastSection(true);

    auto* kinds = new QComboBox(this);
    kinds->setObjectName(QStringLiteral("logKinds"));
    kinds->addItems({tr("All messages"), tr("Warnings and errors")});
    kinds->setAccessibleName(tr("Kinds of messages"));
    auto* words = new QLineEdit(this);
    words->setObjectName(QStringLiteral("logFilter"));
    words->setPlaceholderText(tr("Filter"));
    words->setAccessibleName(tr("Filter the log"));
    words->setClearButtonEnabled(true);
    auto* copy = new QPushButton(icon(Glyph::Copy), tr("Copy log"), this);
    copy->setObjectName(QStringLiteral("copyLog"));

    auto* title = new QLabel(tr("Log"), this);
    title->setProperty("heading", true);
    auto* row = new QHBoxLayout;
    row->addWidget(title);
    row->addWidget(kinds);
    row->addWidget(words, 1);
    row->addWidget(copy);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addLayout(row);
    column->addLayout(m_stack, 1);
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);
    for (const auto change : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(m_filter, change, this, &LogView::showRows);
    connect(m_filter, &QAbstractItemModel::modelReset, this, &LogView::showRows);
    showRows();

    connect(kinds, &QComboBox::currentIndexChanged, this,
            [this](int index) { m_filter->setWarningsOnly(index == 1); });
    connect(words, &QLineEdit::textChanged, this, [this](const QString& text) { m_filter->setWords(text); });
    connect(copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(copyText()); });
    connect(context.reader, &StoreReader::changed, this, &LogView::readMore);
}

void LogView::setRun(std::optional<store::RunId> run) {
    if (run == m_run)
        return;
    m_run = run;
    m_model->clear();
    readMore();
}

void LogView::showRows() {
    m_empty->setSentence(m_model->rowCount() > 0 ? tr("No message fits the filter") : tr("No messages"));
    m_stack->setCurrentWidget(m_filter->rowCount() > 0 ? static_cast<QWidget*>(m_table) : m_empty);
}

void LogView::readMore() {
    if (!m_run || !m_context.reader->isOpen())
        return;
    m_context.reader->request(
        this, QStringLiteral("log"),
        [run = *m_run, after = m_model->lastId()](store::RunStore& store) { return store.log(run, after); },
        [this](const std::vector<store::LogEntry>& entries) {
            const QScrollBar* bar = m_table->verticalScrollBar();
            const bool wasAtEnd = bar->value() == bar->maximum();
            m_model->append(entries);
            if (wasAtEnd && !entries.empty())
                m_table->scrollToBottom(); // follows, unless the user reads above
        });
}

QString LogView::copyText() const {
    QStringList lines;
    for (int row = 0; row < m_filter->rowCount(); ++row) {
        QStringList cells;
        for (int column = 0; column < m_filter->columnCount(); ++column)
            cells << m_filter->index(row, column).data().toString();
        lines << cells.join(QLatin1Char('\t'));
    }
    return lines.join(QLatin1Char('\n'));
}

}
