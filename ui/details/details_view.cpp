#include "ui/details/details_view.h"

#include "ui/selection.h"
#include "ui/store_reader.h"
#include "ui/theme/icons.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>

namespace vlmptq::ui {

DetailsView::DetailsView(const Context& context, QWidget* parent)
    : QTableView(parent), m_context(context), m_model(new DetailsModel(this)) {
    setObjectName(QStringLiteral("details"));
    setAccessibleName(tr("Details of the selected module and run"));
    setModel(m_model);
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setAlternatingRowColors(true);
    setSelectionBehavior(SelectRows);
    setWordWrap(false);
    setTextElideMode(Qt::ElideMiddle);
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    horizontalHeader()->hide();
    horizontalHeader()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(context.selection, &Selection::activeRunChanged, this, &DetailsView::reload);
    connect(context.selection, &Selection::moduleChanged, this, &DetailsView::reload);
    connect(context.reader, &StoreReader::changed, this, &DetailsView::reload);
    reload();
}

void DetailsView::reload() {
    const auto run = m_context.selection->activeRun();
    if (!run || !m_context.reader->isOpen()) {
        show({{tr("Nothing is selected"), {}, true}});
        return;
    }
    m_context.reader->request(
        this, QStringLiteral("details"),
        [run = *run, module = m_context.selection->module()](store::RunStore& store) {
            std::vector<Fact> facts;
            if (const auto result = module >= 0 ? store.module(run, module) : std::nullopt)
                facts = moduleFacts(*result);
            if (const auto record = store.run(run)) {
                const auto more = runFacts(*record);
                facts.insert(facts.end(), more.begin(), more.end());
            }
            return facts;
        },
        [this](std::vector<Fact> facts) { show(std::move(facts)); });
}

void DetailsView::show(std::vector<Fact> facts) {
    m_model->setFacts(facts);
    clearSpans();
    for (int row = 0; row < int(facts.size()); ++row)
        if (facts[std::size_t(row)].isHeading)
            setSpan(row, 0, 1, 2);
}

QSize DetailsView::sizeHint() const {
    return {fontMetrics().averageCharWidth() * 62, QTableView::sizeHint().height()};
}

QString DetailsView::copyText() const {
    const QModelIndexList selected = selectionModel()->selectedRows();
    QStringList lines;
    for (int row = 0; row < m_model->rowCount(); ++row) {
        if (!selected.isEmpty() && !selectionModel()->isRowSelected(row))
            continue;
        lines << m_model->index(row, 0).data().toString() + QLatin1Char('\t') +
                     m_model->index(row, 1).data().toString();
    }
    return lines.join(QLatin1Char('\n'));
}

void DetailsView::copy() const { QApplication::clipboard()->setText(copyText()); }

void DetailsView::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy))
        copy();
    else
        QTableView::keyPressEvent(event);
}

void DetailsView::contextMenuEvent(QContextMenuEvent* event) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(icon(Glyph::Copy), tr("&Copy"), this, &DetailsView::copy);
    menu->popup(event->globalPos());
}

}
