#include "ui/widgets/crumb_bar.h"

#include "ui/library/run_model.h"
#include "ui/qt_text.h"
#include "ui/selection.h"
#include "ui/store_reader.h"
#include "ui/theme/icons.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

namespace vlmptq::ui {
namespace {

QToolButton* makeButton(Glyph glyph, const QString& name, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setIcon(icon(glyph));
    button->setAutoRaise(true);
    button->setToolTip(name);
    button->setAccessibleName(name);
    return button;
}

// "model.layers.3.mlp.down_proj" without the part every module shares.
QString shortName(const QString& name) {
    const int layers = name.lastIndexOf(QStringLiteral("layers."));
    const int dot = layers < 0 ? -1 : name.indexOf(QLatin1Char('.'), layers + 7);
    return dot < 0 ? name : name.mid(dot + 1);
}

}

CrumbBar::CrumbBar(const Context& context, const RunModel* runs, QWidget* parent)
    : QWidget(parent), m_context(context), m_runs(runs),
      m_back(makeButton(Glyph::Back, tr("Back (Alt+Left)"), this)),
      m_forward(makeButton(Glyph::Forward, tr("Forward (Alt+Right)"), this)), m_path(new QLabel(this)) {
    m_path->setObjectName(QStringLiteral("crumbs"));
    m_path->setProperty("muted", true);
    m_path->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(6, 2, 10, 2);
    row->addWidget(m_back);
    row->addWidget(m_forward);
    row->addWidget(m_path, 1);
    Selection* selection = context.selection;
    connect(m_back, &QToolButton::clicked, selection, &Selection::goBack);
    connect(m_forward, &QToolButton::clicked, selection, &Selection::goForward);
    connect(selection, &Selection::historyChanged, this, &CrumbBar::refresh);
    connect(selection, &Selection::activeRunChanged, this, &CrumbBar::readModuleName);
    connect(selection, &Selection::moduleChanged, this, &CrumbBar::readModuleName);
    connect(runs, &QAbstractItemModel::dataChanged, this, &CrumbBar::refresh);
    connect(runs, &QAbstractItemModel::rowsInserted, this, &CrumbBar::refresh);
    connect(runs, &QAbstractItemModel::modelReset, this, &CrumbBar::refresh);
    refresh();
}

QString CrumbBar::path() const { return m_path->text(); }

void CrumbBar::readModuleName() {
    const auto run = m_context.selection->activeRun();
    const int module = m_context.selection->module();
    m_module.clear();
    if (run && module >= 0)
        m_context.reader->request(
            this, QStringLiteral("crumb"),
            [run = *run, module](store::RunStore& store) { return store.module(run, module); },
            [this](const std::optional<ModuleResult>& result) {
                if (!result)
                    return;
                m_module = tr("layer %1").arg(result->layer) + QStringLiteral(" \u25b8 ") +
                           shortName(text(result->name));
                refresh();
            });
    refresh();
}

void CrumbBar::refresh() {
    const Selection& selection = *m_context.selection;
    m_back->setEnabled(selection.canGoBack());
    m_forward->setEnabled(selection.canGoForward());
    const store::RunRecord* run = selection.activeRun() ? m_runs->run(*selection.activeRun()) : nullptr;
    QStringList parts;
    if (run)
        parts << runTitle(*run);
    if (run && !m_module.isEmpty())
        parts << m_module;
    m_path->setText(parts.isEmpty() ? tr("No run is open") : parts.join(QStringLiteral(" \u25b8 ")));
}

}
