#include "ui/plots/plot_view.h"

#include "ui/plots/legend_bar.h"
#include "ui/plots/plot_canvas.h"
#include "ui/plots/plot_export_dialog.h"
#include "ui/plots/plot_table_model.h"
#include "ui/settings/settings.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/one_line_rows.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QShortcut>
#include <QSortFilterProxyModel>
#include <QStackedLayout>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace vlmptq::ui {
namespace {

QToolButton* makeButton(const QString& name, const char* suffix, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setObjectName(QLatin1String(suffix));
    button->setAutoRaise(true);
    button->setAccessibleName(name);
    return button;
}

}

PlotView::PlotView(const Context& context, const QString& name, QWidget* parent)
    : QWidget(parent), m_context(context), m_title(new QLabel(this)), m_note(new QLabel(this)),
      m_legend(new LegendBar(context.theme, this)), m_canvas(new PlotCanvas(this)),
      m_table(new QTableView(this)), m_model(new PlotTableModel(this)), m_empty(new EmptyState({}, {}, this)),
      m_stack(new QStackedLayout) {
    setObjectName(name);
    m_canvas->setObjectName(QStringLiteral("canvas"));
    m_title->setProperty("heading", true);
    m_note->setProperty("muted", true);
    m_note->setObjectName(QStringLiteral("note"));
    for (QLabel* label : {m_title, m_note}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    buildTable();
    m_stack->addWidget(m_canvas);
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(3);
    column->addWidget(buildHead());
    column->addWidget(m_note);
    column->addWidget(m_legend);
    column->addLayout(m_stack, 1);

    m_look.isLog = context.settings->view(name + QStringLiteral("/log"), true).toBool();
    m_look.hasGrid = context.settings->view(QStringLiteral("plots/grid"), true).toBool();
    m_look.hasMarkers = context.settings->view(QStringLiteral("plots/markers"), true).toBool();
    connect(m_legend, &LegendBar::hiddenChanged, this, [this] {
        m_look.hidden = m_legend->hidden();
        rebuild();
    });
    connect(m_canvas, &PlotCanvas::keyChosen, this, &PlotView::keyChosen);
    connect(m_canvas, &PlotCanvas::keysChosen, this, &PlotView::keysChosen);
    connect(m_canvas, &PlotCanvas::lookKeyPressed, this, &PlotView::onLookKey);
    connect(m_canvas, &PlotCanvas::placeChanged, this, &PlotView::describe);
    connect(m_canvas, &PlotCanvas::menuRequested, this, [this](const QPoint& at) {
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        fillMenu(menu);
        menu->popup(at);
    });
    connect(context.theme, &Theme::changed, this, &PlotView::rebuild);
    const auto addShortcut = [this](const QKeySequence& keys, void (PlotView::*slot)()) {
        auto* shortcut = new QShortcut(keys, this);
        shortcut->setContext(Qt::WidgetWithChildrenShortcut);
        connect(shortcut, &QShortcut::activated, this, slot);
    };
    addShortcut(QKeySequence(tr("Ctrl+Shift+E")), &PlotView::openExport);
    addShortcut(QKeySequence::Copy, &PlotView::copyData);
}

PlotView::~PlotView() = default;

QWidget* PlotView::buildHead() {
    auto* head = new QWidget(this);
    m_lasso = makeButton(tr("Choose points with a loop"), "lasso", head);
    m_lasso->setText(tr("Lasso"));
    m_lasso->setToolTip(tr("Draw a loop around points to choose them (also Shift and drag); Escape lets go"));
    m_lasso->setCheckable(true);
    m_log = makeButton(tr("Logarithmic axis"), "log", head);
    m_log->setText(tr("Log"));
    m_log->setToolTip(tr("Logarithmic axis (L)"));
    m_log->setCheckable(true);
    m_tableButton = makeButton(tr("Table of the same data"), "table", head);
    m_tableButton->setText(tr("Table"));
    m_tableButton->setToolTip(tr("Table of the same data (T)"));
    m_tableButton->setCheckable(true);
    m_more = makeButton(tr("Copy and export"), "more", head);
    m_more->setIcon(icon(Glyph::Export, Ink::Muted));
    m_more->setToolTip(tr("Copy and export"));
    m_more->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(m_more);
    connect(menu, &QMenu::aboutToShow, this, [this, menu] {
        menu->clear();
        fillMenu(menu);
    });
    m_more->setMenu(menu);
    m_more->setStyleSheet(QStringLiteral("QToolButton::menu-indicator { image: none; }"));
    connect(m_lasso, &QToolButton::toggled, m_canvas, &PlotCanvas::setLasso);
    connect(m_log, &QToolButton::clicked, this, &PlotView::setLog);
    connect(m_tableButton, &QToolButton::clicked, this, &PlotView::setTableShown);
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2);
    row->addWidget(m_title, 1);
    for (QToolButton* button : {m_lasso, m_log, m_tableButton, m_more})
        row->addWidget(button, 0, Qt::AlignTop);
    return head;
}

void PlotView::buildTable() {
    auto* sorted = new QSortFilterProxyModel(this);
    sorted->setSourceModel(m_model);
    sorted->setSortRole(PlotTableModel::kSortRole);
    m_table->setObjectName(QStringLiteral("twin"));
    m_table->setModel(sorted);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(-1, Qt::AscendingOrder);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->verticalHeader()->hide();
    keepRowsOneLine(m_table);
    m_table->horizontalHeader()->setHighlightSections(false);
}

void PlotView::setData(PlotData data) {
    m_data = std::move(data);
    m_legend->setData(m_data);
    rebuild();
}

void PlotView::rebuild() {
    m_title->setText(m_data.title);
    m_note->setText(m_data.note);
    m_note->setVisible(!m_data.note.isEmpty());
    m_lasso->setVisible(m_data.canLasso);
    m_log->setVisible(m_data.y.canToggleLog);
    m_log->setChecked(m_look.isLog);
    m_tableButton->setChecked(m_isTableShown);
    const bool isEmpty = m_data.isEmpty();
    for (QToolButton* button : {m_lasso, m_log, m_tableButton, m_more})
        button->setEnabled(!isEmpty);
    m_legend->setVisible(!isEmpty && !m_isTableShown && m_legend->count() > 1);
    m_empty->setSentence(m_data.emptySentence);
    m_stack->setCurrentWidget(isEmpty          ? static_cast<QWidget*>(m_empty)
                              : m_isTableShown ? static_cast<QWidget*>(m_table)
                                               : m_canvas);
    m_canvas->show(m_data, m_context.theme->colors(), m_look);
    if (m_isTableShown) {
        m_model->setTable(tableOf(m_data));
        m_table->resizeColumnsToContents();
    }
    describe();
}

void PlotView::describe() {
    const QString place = m_canvas->readOut();
    const QString description = m_data.isEmpty() ? m_data.emptySentence : m_data.summary;
    m_table->setAccessibleName(tr("%1, table").arg(m_data.title));
    m_canvas->setAccessibleName(m_data.title);
    m_canvas->setAccessibleDescription(place.isEmpty() ? description : place);
    if (!place.isEmpty() && m_canvas->hasFocus()) {
        QAccessibleEvent event(m_canvas, QAccessible::DescriptionChanged);
        QAccessible::updateAccessibility(&event);
    }
}

void PlotView::setSelectedKey(int key) { m_canvas->setSelectedKey(key); }

void PlotView::setLog(bool on) {
    m_look.isLog = on;
    m_context.settings->setView(objectName() + QStringLiteral("/log"), on);
    rebuild();
}

void PlotView::setTableShown(bool on) {
    m_isTableShown = on;
    rebuild();
    if (on)
        m_table->setFocus(Qt::ShortcutFocusReason);
    else
        m_canvas->setFocus(Qt::ShortcutFocusReason);
}

void PlotView::onLookKey(int key) {
    switch (key) {
    case Qt::Key_L:
        if (m_data.y.canToggleLog)
            setLog(!m_look.isLog);
        return;
    case Qt::Key_T:
        return setTableShown(!m_isTableShown);
    case Qt::Key_G:
        m_look.hasGrid = !m_look.hasGrid;
        m_context.settings->setView(QStringLiteral("plots/grid"), m_look.hasGrid);
        break;
    case Qt::Key_M:
        m_look.hasMarkers = !m_look.hasMarkers;
        m_context.settings->setView(QStringLiteral("plots/markers"), m_look.hasMarkers);
        break;
    default:
        return;
    }
    rebuild();
}

void PlotView::fillMenu(QMenu* menu) {
    menu->addAction(icon(Glyph::Image), tr("Copy &image"), this, &PlotView::copyImage);
    menu->addAction(icon(Glyph::Copy), tr("&Copy data"), this, &PlotView::copyData);
    menu->addAction(icon(Glyph::Export), tr("&Export…"), this, &PlotView::openExport);
    menu->addSeparator();
    const auto addToggle = [this, menu](const QString& name, bool isOn, int key) {
        QAction* action = menu->addAction(name, this, [this, key] { onLookKey(key); });
        action->setCheckable(true);
        action->setChecked(isOn);
    };
    addToggle(tr("&Table") + QStringLiteral("\tT"), m_isTableShown, Qt::Key_T);
    if (m_data.y.canToggleLog)
        addToggle(tr("&Logarithmic") + QStringLiteral("\tL"), m_look.isLog, Qt::Key_L);
    addToggle(tr("&Grid") + QStringLiteral("\tG"), m_look.hasGrid, Qt::Key_G);
    addToggle(tr("&Markers") + QStringLiteral("\tM"), m_look.hasMarkers, Qt::Key_M);
    menu->addSeparator();
    menu->addAction(tr("&Show everything") + QStringLiteral("\t0"), m_canvas, &PlotCanvas::resetView);
}

void PlotView::contextMenuEvent(QContextMenuEvent* event) {
    QMenu* menu = new QMenu(this); // over table, title and legend; the canvas asks by itself
    menu->setAttribute(Qt::WA_DeleteOnClose);
    fillMenu(menu);
    menu->popup(event->globalPos());
}

void PlotView::copyImage() const {
    QApplication::clipboard()->setImage(plotImage(m_data, m_context.theme->exportColors(), m_look,
                                                  m_canvas->size().expandedTo({480, 300}), 2));
}

QString PlotView::dataText() const {
    const PlotTable table = tableOf(m_data);
    QStringList lines{table.columns.join(QLatin1Char('\t'))};
    for (const auto& row : table.rows) {
        QStringList cells;
        for (const PlotCell& cell : row) {
            const auto* number = std::get_if<double>(&cell);
            const auto* name = std::get_if<QString>(&cell);
            cells << (number ? QLocale().toString(*number, 'g', QLocale::FloatingPointShortest)
                      : name ? *name
                             : QString());
        }
        lines << cells.join(QLatin1Char('\t'));
    }
    return lines.join(QLatin1Char('\n'));
}

void PlotView::copyData() { QApplication::clipboard()->setText(dataText()); }

void PlotView::exportTo(const QString& file, const PlotExport& how, bool inScreenColors) {
    const Theme& theme = *m_context.theme;
    exportPlot(m_data, inScreenColors ? theme.colors() : theme.exportColors(), m_look, how, file);
}

void PlotView::openExport() {
    if (!m_data.isEmpty())
        (new PlotExportDialog(this, m_data.name))->open();
}

}
