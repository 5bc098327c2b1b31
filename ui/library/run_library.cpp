#include "ui/library/run_library.h"

#include "ui/library/run_delegate.h"
#include "ui/qt_text.h"
#include "ui/selection.h"
#include "ui/store_reader.h"
#include "ui/theme/icons.h"
#include "ui/widgets/empty_state.h"

#include <QAction>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QShortcut>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace vlmptq::ui {

bool canResume(const store::RunRecord& run) {
    return run.isResumable() || run.state == store::RunState::Queued;
}

RunLibrary::RunLibrary(const Context& context, QWidget* parent)
    : QWidget(parent), m_context(context), m_model(new RunModel(context.selection, this)),
      m_filter(new RunFilter(this)), m_search(new QLineEdit(this)), m_list(new QListView(this)),
      m_stack(new QStackedLayout), m_empty(new EmptyState(tr("No runs yet"), {}, this)),
      m_nothingFound(new EmptyState(tr("No run fits this search"),
                                    tr("Try fewer words, or method:vlmptq, tag:demo, score>60."), this)) {
    setObjectName(QStringLiteral("runLibrary"));
    m_filter->setSourceModel(m_model);
    m_search->setObjectName(QStringLiteral("runSearch"));
    m_search->setPlaceholderText(tr("Search: method:gptaq tag:w3"));
    m_search->setAccessibleName(tr("Search runs"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(icon(Glyph::Search, Ink::Muted), QLineEdit::LeadingPosition);
    m_list->setObjectName(QStringLiteral("runList"));
    m_list->setAccessibleName(tr("Runs"));
    m_list->setModel(m_filter);
    m_list->setItemDelegate(new RunDelegate(context.theme, m_list));
    m_list->setEditTriggers(QAbstractItemView::EditKeyPressed);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_list->setMouseTracking(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);

    m_stack->addWidget(m_list);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_nothingFound);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(6, 6, 6, 6);
    column->addWidget(m_search);
    column->addLayout(m_stack, 1);

    connect(m_search, &QLineEdit::textChanged, this, [this](const QString& line) {
        m_filter->setQuery(line);
        updateEmptyState();
    });
    connect(m_list, &QListView::clicked, this, &RunLibrary::openCurrent);
    connect(m_list, &QListView::activated, this, &RunLibrary::openCurrent);
    connect(m_list, &QWidget::customContextMenuRequested, this, &RunLibrary::showMenu);
    auto* remove = new QShortcut(QKeySequence::Delete, m_list);
    remove->setContext(Qt::WidgetShortcut);
    connect(remove, &QShortcut::activated, this, [this] {
        if (const auto* run = m_model->run(m_filter->mapToSource(m_list->currentIndex())))
            askToDelete(run->id);
    });
    connect(m_model, &RunModel::renameRequested, this, [this](store::RunId run, const QString& name) {
        m_context.reader->change(
            this, [run, name = utf8(name)](store::RunStore& store) { store.renameRun(run, name); });
    });
    connect(m_model, &RunModel::comparedTooMany, this, [this] {
        Q_EMIT problemOccurred(
            {.severity = Severity::Note,
             .sentence = tr("%1 runs are overlaid already, which is the most.").arg(Selection::kMaxCompared),
             .hint = tr("Untick one first.")});
    });
    connect(context.reader, &StoreReader::changed, this, &RunLibrary::reload);
    connect(context.reader, &StoreReader::openFailed, this,
            [this] { m_empty->setSentence(tr("No run database is open")); });
    connect(context.reader, &StoreReader::opened, this, [this] { m_empty->setSentence(tr("No runs yet")); });
    connect(context.theme, &Theme::changed, m_list, [this] { m_list->doItemsLayout(); });
    updateEmptyState();
}

QSize RunLibrary::sizeHint() const {
    return {fontMetrics().averageCharWidth() * 44, QWidget::sizeHint().height()};
}

void RunLibrary::focusSearch() {
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void RunLibrary::reload() {
    m_context.reader->request(
        this, QStringLiteral("runs"), [](store::RunStore& store) { return store.runs(); },
        [this](std::vector<store::RunRecord> runs) { show(std::move(runs)); });
}

void RunLibrary::show(std::vector<store::RunRecord> runs) {
    m_model->setRuns(std::move(runs));
    updateEmptyState();
    Q_EMIT loaded();
}

void RunLibrary::updateEmptyState() {
    const bool hasRuns = m_model->rowCount() > 0, hasMatches = m_filter->rowCount() > 0;
    m_stack->setCurrentWidget(hasMatches ? static_cast<QWidget*>(m_list)
                              : hasRuns  ? m_nothingFound
                                         : m_empty);
}

void RunLibrary::openCurrent() {
    if (const auto* run = m_model->run(m_filter->mapToSource(m_list->currentIndex())))
        m_context.selection->setActiveRun(run->id);
}

void RunLibrary::renameCurrent() { m_list->edit(m_list->currentIndex()); }

void RunLibrary::showMenu(const QPoint& at) {
    const QModelIndex index = m_list->indexAt(at);
    const store::RunRecord* run = m_model->run(m_filter->mapToSource(index));
    if (!run)
        return;
    m_list->setCurrentIndex(index);
    const store::RunId id = run->id;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(QStringLiteral("runMenu"));
    menu->addAction(tr("&Open"), this, &RunLibrary::openCurrent);
    menu->addAction(tr("Re&name"), QKeySequence(Qt::Key_F2), this, &RunLibrary::renameCurrent);
    menu->addSeparator();
    auto* resume =
        menu->addAction(icon(Glyph::Play), tr("&Resume"), this, [this, id] { Q_EMIT resumeRequested(id); });
    resume->setEnabled(canResume(*run));
    const bool isDone =
        run->state == store::RunState::Finished || run->state == store::RunState::FinishedWithWarnings;
    auto* evaluate = menu->addAction(icon(Glyph::Chart), tr("&Evaluate"), this,
                                     [this, id] { Q_EMIT evaluateRequested(id); });
    auto* save = menu->addAction(icon(Glyph::Export), tr("E&xport checkpoint…"), this,
                                 [this, id] { Q_EMIT exportRequested(id); });
    evaluate->setEnabled(isDone);
    save->setEnabled(isDone);
    if (run->state == store::RunState::Running)
        addControls(menu, id);
    menu->addSeparator();
    auto* remove = menu->addAction(icon(Glyph::Trash), tr("&Delete…"), this, [this, id] { askToDelete(id); });
    remove->setEnabled(run->state != store::RunState::Running);
    menu->popup(m_list->viewport()->mapToGlobal(at));
}

// A running run obeys through the database, whichever process it belongs to.
void RunLibrary::addControls(QMenu* menu, store::RunId id) {
    const auto ask = [this, id](store::Control control) {
        m_context.reader->change(
            this, [id, control](store::RunStore& store) { store.requestControl(id, control); });
    };
    menu->addSeparator();
    menu->addAction(icon(Glyph::Pause), tr("&Pause after this layer"), this,
                    [ask] { ask(store::Control::PauseAfterLayer); });
    menu->addAction(icon(Glyph::Stop), tr("&Stop after this layer"), this,
                    [ask] { ask(store::Control::StopAfterLayer); });
}

void RunLibrary::askToDelete(store::RunId id) {
    struct Facts {
        std::optional<store::RunRecord> run;
        std::uint64_t bytes = 0;
    };
    m_context.reader->request(
        this, QStringLiteral("size"),
        [id](store::RunStore& store) {
            return Facts{store.run(id), store.diskBytes(id)};
        },
        [this](const Facts& facts) {
            if (facts.run)
                confirmDelete(*facts.run, facts.bytes);
        });
}

void RunLibrary::confirmDelete(const store::RunRecord& run, std::uint64_t bytes) {
    auto* box =
        new QMessageBox(QMessageBox::Question, tr("Delete run"),
                        tr("Delete “%1”? This frees %2 on the disk.").arg(runTitle(run), bytesText(bytes)),
                        QMessageBox::Cancel, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setObjectName(QStringLiteral("deleteQuestion"));
    box->setInformativeText(
        tr("Its results, log and scores go too. Exported checkpoints stay where they are."));
    auto* remove = box->addButton(tr("&Delete"), QMessageBox::DestructiveRole);
    remove->setObjectName(QStringLiteral("deleteRun"));
    box->setDefaultButton(QMessageBox::Cancel);
    connect(box, &QMessageBox::buttonClicked, this, [this, remove, id = run.id](QAbstractButton* clicked) {
        if (clicked != remove)
            return;
        m_context.reader->change(
            this, [id](store::RunStore& store) { store.deleteRun(id); },
            [this, id] { m_context.selection->removeRun(id); });
    });
    box->open();
}

}
