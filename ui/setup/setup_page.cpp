#include "ui/setup/setup_page.h"

#include "engine/core/paths.h"
#include "ui/qt_text.h"
#include "ui/settings/settings.h"
#include "ui/setup/advanced_form.h"
#include "ui/setup/calibration_form.h"
#include "ui/setup/checks_list.h"
#include "ui/setup/evaluate_form.h"
#include "ui/setup/method_form.h"
#include "ui/setup/model_form.h"
#include "ui/setup/resource_card.h"
#include "ui/setup/setup_reader.h"
#include "ui/theme/icons.h"

#include <QApplication>
#include <QClipboard>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QResizeEvent>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

#include <algorithm>

namespace vlmptq::ui {
namespace {

constexpr int kMargin = 14, kGap = 12;

SetupState defaultState() {
    SetupState state;
    state.config.device.threads = studioThreads();
    return state;
}

}

SetupPage::SetupPage(const Context& context, JobCenter* jobs, QWidget* parent)
    : QWidget(parent), m_context(context), m_jobs(jobs), m_state(defaultState()),
      m_reader(new SetupReader(context, this)), m_model(new ModelForm(this)),
      m_calibration(new CalibrationForm(context, this)), m_method(new MethodForm(this)),
      m_evaluate(new EvaluateForm(this)),
      m_advanced(new AdvancedForm(this)), m_forms{m_model, m_calibration, m_method, m_evaluate, m_advanced},
      m_resources(new ResourceCard(this)), m_checks(new ChecksList(this)), m_scroll(new QScrollArea(this)),
      m_cards(nullptr) {
    setObjectName(QStringLiteral("setupPage"));
    m_scroll->setAccessibleName(tr("Settings of the run"));
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidget(buildCards());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_scroll, 1);
    column->addWidget(buildButtons());
    arrangeColumns();

    for (SetupForm* form : m_forms)
        connect(form, &SetupForm::edited, this, &SetupPage::collect);
    connect(m_reader, &SetupReader::changed, this, &SetupPage::refresh);
    connect(m_reader, &SetupReader::linesChanged, this,
            [this] { m_calibration->showLines(m_reader->chosenLines()); });
    connect(m_checks, &ChecksList::showRequested, this, &SetupPage::focusField);
    connect(m_checks, &ChecksList::fixRequested, this, [this](const std::function<void(SetupState&)>& fix) {
        SetupState state = m_state;
        fix(state);
        setState(state);
    });
    connect(jobs, &JobCenter::engineChanged, this, [this] { m_reader->setEngine(m_jobs->engine()); });
    m_model->setRecent(context.settings->recentModels());
    m_calibration->setRecent(context.settings->recentSources());
    m_reader->update(m_state, true);
    refresh();
}

QWidget* SetupPage::buildCards() {
    auto* holder = new QWidget(this);
    m_cards = new QGridLayout(holder);
    m_cards->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    m_cards->setSpacing(kGap);
    return holder;
}

void SetupPage::arrangeColumns() {
    const std::vector<QWidget*> left{m_model, m_calibration, m_method},
        right{m_resources, m_checks, m_evaluate, m_advanced};
    const auto widest = [](const std::vector<QWidget*>& cards) {
        const auto wide = [](const QWidget* card) { return card->minimumSizeHint().width(); };
        return wide(*std::ranges::max_element(cards, {}, wide));
    };
    const int room =
        m_scroll->width() - m_scroll->verticalScrollBar()->sizeHint().width() - 2 * kMargin - kGap;
    const bool isWide = room >= widest(left) + widest(right);
    if (isWide == m_isWide)
        return;
    m_isWide = isWide;
    while (QLayoutItem* item = m_cards->takeAt(0))
        delete item;
    auto* first = new QVBoxLayout;
    auto* second = isWide ? new QVBoxLayout : first;
    for (auto* column : {first, second})
        column->setSpacing(kGap);
    for (QWidget* card : left)
        first->addWidget(card);
    for (QWidget* card : right)
        second->addWidget(card);
    first->addStretch();
    m_cards->addLayout(first, 0, 0);
    m_cards->setColumnStretch(0, 3);
    m_cards->setColumnStretch(1, isWide ? 2 : 0);
    if (!isWide)
        return;
    second->addStretch();
    m_cards->addLayout(second, 0, 1);
}

void SetupPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrangeColumns();
}

QWidget* SetupPage::buildButtons() {
    auto* bar = new QWidget(this);
    auto* reset = new QPushButton(tr("Reset to &defaults"), bar);
    reset->setObjectName(QStringLiteral("resetSetup"));
    auto* copy = new QPushButton(icon(Glyph::Copy), tr("&Copy as command"), bar);
    copy->setObjectName(QStringLiteral("copyCommand"));
    copy->setToolTip(tr("The same run in a terminal"));
    m_why = new QLabel(bar);
    m_why->setObjectName(QStringLiteral("whyNot"));
    m_why->setProperty("muted", true);
    m_why->setWordWrap(true);
    m_why->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_start = new QPushButton(tr("&Quantize"), bar);
    m_start->setObjectName(QStringLiteral("quantize"));
    m_start->setProperty("primary", true);
    m_start->setToolTip(tr("Start (Ctrl+R)"));
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(14, 8, 14, 10);
    row->addWidget(reset);
    row->addWidget(copy);
    row->addWidget(m_why, 1);
    row->addWidget(m_start);
    connect(reset, &QPushButton::clicked, this, [this] {
        SetupState fresh = defaultState();
        fresh.config.model = m_state.config.model; // what was chosen stays, what was tuned goes
        fresh.config.calib.source = m_state.config.calib.source;
        fresh.benchmarks = m_state.benchmarks;
        setState(fresh);
    });
    connect(copy, &QPushButton::clicked, this,
            [this] { QApplication::clipboard()->setText(commandText(m_state)); });
    connect(m_start, &QPushButton::clicked, this, &SetupPage::start);
    return bar;
}

void SetupPage::setState(const SetupState& state) {
    m_state = state;
    m_reader->update(m_state);
    refresh();
}

void SetupPage::openModel(const QString& folder) {
    SetupState state = m_state;
    state.config.model = utf8(folder);
    setState(state);
}

void SetupPage::openCalibration(const QString& path) {
    SetupState state = m_state;
    state.config.calib.source = utf8(path);
    setState(state);
}

void SetupPage::useDemo() {
    const paths::Demo demo = paths::demo();
    SetupState state = defaultState();
    state.config.model = demo.model.string();
    state.config.calib.source = demo.calibration.string();
    state.config.tags = {"demo"};
    state.benchmarks = {demo.benchmarks.string()};
    state.alsoRun = {"rtn", "gptq", "gptaq"};
    setState(state);
}

void SetupPage::reload() { m_reader->update(m_state, true); }

void SetupPage::collect() {
    for (const SetupForm* form : m_forms)
        form->apply(m_state);
    m_reader->update(m_state);
    refresh();
}

void SetupPage::refresh() {
    for (SetupForm* form : m_forms)
        form->show(m_state, m_reader->facts());
    m_resources->show(m_state, m_reader->facts());
    check();
}

void SetupPage::check() {
    const std::vector<Check> checks = checkSetup(m_state, m_reader->facts());
    for (SetupForm* form : m_forms)
        form->clearMessages();
    for (const Check& check : checks) {
        // What was not chosen yet is no mistake: the list says it, the field stays calm.
        const bool isUntouched =
            (check.field == QLatin1String("model") && m_state.config.model.empty()) ||
            (check.field == QLatin1String("calib.source") && m_state.config.calib.source.empty());
        if (!isUntouched)
            std::ranges::find_if(m_forms, [&](SetupForm* form) { return form->showCheck(check); });
    }
    m_checks->setChecks(checks);
    const bool can = !hasError(checks);
    m_why->setText(can ? QString() : checks.front().sentence);
    m_start->setEnabled(can);
    if (can != m_canStart) {
        m_canStart = can;
        Q_EMIT canStartChanged(can);
    }
    const SetupFacts& facts = m_reader->facts();
    if (m_startsWhenReady && !facts.isReadingModel && !facts.isReadingData) {
        m_startsWhenReady = false;
        start();
    }
}

bool SetupPage::canStart() const { return m_canStart; }

void SetupPage::start() {
    if (!m_canStart)
        return;
    m_context.settings->addRecentModel(text(m_state.config.model));
    m_context.settings->addRecentSource(text(m_state.config.calib.source));
    m_model->setRecent(m_context.settings->recentModels());
    m_calibration->setRecent(m_context.settings->recentSources());
    m_jobs->quantize(m_state.runs(), m_state.evaluateAfter ? evaluationPlan() : EvaluationPlan{});
    Q_EMIT startRequested(m_state.runs());
}

EvaluationPlan SetupPage::evaluationPlan() const {
    EvaluationPlan plan;
    plan.benchmarks.assign(m_state.benchmarks.begin(), m_state.benchmarks.end());
    plan.limit = m_state.evaluateLimit;
    plan.fullPrecision = true;
    return plan;
}

void SetupPage::startWhenReady() {
    m_startsWhenReady = true;
    refresh();
}

void SetupPage::focusField(const QString& field) {
    for (SetupForm* form : m_forms) {
        if (!form->focusField(field))
            continue;
        if (QWidget* focused = QApplication::focusWidget())
            m_scroll->ensureWidgetVisible(focused);
        return;
    }
}

}
