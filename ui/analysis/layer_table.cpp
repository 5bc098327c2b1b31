#include "ui/analysis/layer_table.h"

#include "ui/qt_text.h"
#include "ui/settings/settings.h"
#include "ui/theme/icons.h"
#include "ui/widgets/one_line_rows.h"

#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSaveFile>
#include <QShortcut>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace vlmptq::ui {
namespace {
constexpr int kRowsAtLeast = 4;
const QString kHiddenColumns = QStringLiteral("layers/hiddenColumns");
}

LayerTable::LayerTable(const Context& context, QWidget* parent)
    : QWidget(parent), m_context(context), m_model(new LayerModel(this)),
      m_filter(new LayerFilter(m_model, this)), m_table(new QTableView(this)), m_line(new QLineEdit(this)),
      m_count(new QLabel(this)) {
    m_table->setObjectName(QStringLiteral("layerTable"));
    m_table->setAccessibleName(tr("Modules"));
    m_table->setModel(m_filter);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(LayerModel::Index, Qt::AscendingOrder);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTextElideMode(Qt::ElideMiddle);
    m_table->verticalHeader()->hide();
    keepRowsOneLine(m_table);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setMinimumSectionSize(fontMetrics().averageCharWidth() * 5);
    m_table->horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
    for (const QString& column : context.settings->view(kHiddenColumns).toStringList())
        m_table->setColumnHidden(column.toInt(), true);

    m_line->setObjectName(QStringLiteral("layerFilter"));
    m_line->setPlaceholderText(tr("Filter: kind:down error>1e-2"));
    m_line->setAccessibleName(tr("Filter modules"));
    m_line->setClearButtonEnabled(true);
    m_line->addAction(icon(Glyph::Search, Ink::Muted), QLineEdit::LeadingPosition);
    m_count->setProperty("muted", true);
    auto* worst = new QPushButton(tr("&Worst %1").arg(LayerFilter::kWorst), this);
    worst->setObjectName(QStringLiteral("worstLayers"));
    worst->setCheckable(true);
    auto* csv = new QPushButton(icon(Glyph::Export), tr("CSV…"), this);
    csv->setObjectName(QStringLiteral("layersCsv"));
    csv->setAccessibleName(tr("Save the shown rows as CSV"));
    auto* row = new QHBoxLayout;
    row->addWidget(m_line, 1);
    row->addWidget(m_count);
    row->addWidget(worst);
    row->addWidget(csv);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addLayout(row);
    column->addWidget(m_table, 1);

    auto* copy = new QShortcut(QKeySequence::Copy, m_table);
    copy->setContext(Qt::WidgetShortcut);
    connect(copy, &QShortcut::activated, this, &LayerTable::copyRows);
    connect(m_line, &QLineEdit::textChanged, this, [this](const QString& line) {
        m_filter->setQuery(line);
        showCount();
    });
    connect(worst, &QPushButton::toggled, this, [this](bool on) {
        m_filter->setWorstOnly(on);
        if (on)
            m_table->sortByColumn(LayerModel::Error, Qt::DescendingOrder);
        showCount();
    });
    connect(csv, &QPushButton::clicked, this, &LayerTable::saveCsv);
    connect(m_table->horizontalHeader(), &QWidget::customContextMenuRequested, this,
            &LayerTable::chooseColumns);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &LayerTable::onCurrentRow);
    connect(context.selection, &Selection::moduleChanged, this, &LayerTable::showSelection);
}

void LayerTable::setRun(const RunResults* run, const RunResults* baseline) {
    if (run)
        m_model->setRun(*run, baseline);
    else
        m_model->clear();
    const QString looks = QString::number(m_model->rowCount() > 0) +
                          m_model->headerData(LayerModel::Difference, Qt::Horizontal).toString();
    if (std::exchange(m_sizedFor, looks) != looks)
        m_table->resizeColumnsToContents();
    m_table->setMinimumHeight(tableHeight(*m_table, kRowsAtLeast));
    showCount();
    showSelection();
}

void LayerTable::showCount() {
    const int shown = m_filter->rowCount(), all = m_model->rowCount();
    //: rows shown, rows in all
    m_count->setText(shown == all ? tr("%n modules", nullptr, all) : tr("%1 of %2").arg(shown).arg(all));
}

void LayerTable::showSelection() {
    const int row = m_model->rowOf(m_context.selection->module());
    const QModelIndex index =
        row < 0 ? QModelIndex() : m_filter->mapFromSource(m_model->index(row, LayerModel::Name));
    if (!index.isValid() || index.row() == m_table->currentIndex().row())
        return;
    m_isShowing = true;
    m_table->selectRow(index.row());
    m_table->scrollTo(index);
    m_isShowing = false;
}

void LayerTable::onCurrentRow() {
    const QModelIndex index = m_filter->mapToSource(m_table->currentIndex());
    if (index.isValid() && !m_isShowing)
        m_context.selection->setModule(m_model->module(index.row()).index);
}

std::vector<int> LayerTable::shownRows(bool isSelectedOnly) const {
    std::vector<int> rows;
    for (int row = 0; row < m_filter->rowCount(); ++row)
        if (!isSelectedOnly || m_table->selectionModel()->isRowSelected(row))
            rows.push_back(m_filter->mapToSource(m_filter->index(row, 0)).row());
    return rows;
}

void LayerTable::copyRows() const {
    QStringList lines;
    const auto cellsOf = [this](const auto& cell) {
        QStringList cells;
        for (int column = 0; column < LayerModel::Columns; ++column)
            if (!m_table->isColumnHidden(column))
                cells << cell(column);
        return cells.join(QLatin1Char('\t'));
    };
    lines << cellsOf([this](int column) { return m_model->headerData(column, Qt::Horizontal).toString(); });
    for (const int row : shownRows(m_table->selectionModel()->hasSelection()))
        lines << cellsOf([this, row](int column) { return m_model->index(row, column).data().toString(); });
    QApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

void LayerTable::saveCsv() {
    auto* dialog =
        new QFileDialog(this, tr("Save the shown rows as CSV"), QDir::homePath(), tr("CSV (*.csv)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("csvFile"));
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    dialog->selectFile(QStringLiteral("layers.csv"));
    connect(dialog, &QFileDialog::fileSelected, this, &LayerTable::writeCsv);
    dialog->open();
}

void LayerTable::writeCsv(const QString& file) {
    const QByteArray bytes = QByteArray::fromStdString(m_model->csv(shownRows(false)));
    QSaveFile target(file);
    if (!target.open(QIODevice::WriteOnly) || target.write(bytes) != bytes.size() || !target.commit())
        Q_EMIT problemOccurred({.sentence = tr("Cannot write %1: %2.").arg(file, target.errorString()),
                                .hint = tr("Choose another folder or free some space.")});
}

void LayerTable::chooseColumns(const QPoint& at) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (int column = 0; column < LayerModel::Columns; ++column) {
        QAction* action = menu->addAction(m_model->headerData(column, Qt::Horizontal).toString());
        action->setCheckable(true);
        action->setChecked(!m_table->isColumnHidden(column));
        action->setEnabled(column != LayerModel::Name);
        connect(action, &QAction::toggled, this, [this, column](bool on) {
            m_table->setColumnHidden(column, !on);
            QStringList hidden;
            for (int other = 0; other < LayerModel::Columns; ++other)
                if (m_table->isColumnHidden(other))
                    hidden << QString::number(other);
            m_context.settings->setView(kHiddenColumns, hidden);
        });
    }
    menu->popup(m_table->horizontalHeader()->mapToGlobal(at));
}

}
