#include "ui/setup/method_form.h"

#include "ui/qt_text.h"
#include "ui/setup/mu_grid_editor.h"
#include "ui/widgets/choice_strip.h"
#include "ui/widgets/flow_layout.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>

#include <algorithm>

namespace vlmptq::ui {
namespace {

QComboBox* makeCombo(QWidget* parent) {
    auto* combo = new QComboBox(parent);
    combo->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    return combo;
}

QString field(const char* name) { return QLatin1String(name); }

}

MethodForm::MethodForm(QWidget* parent)
    : SetupForm(tr("3  Method"), parent), m_method(makeCombo(this)), m_summary(new QLabel(this)),
      m_alsoRun(new QWidget(this)), m_preset(makeCombo(this)),
      m_bits(new ChoiceStrip({2, 3, 4, 5, 6, 7, 8}, tr("Weight bits"), this)), m_group(makeCombo(this)),
      m_symmetric(new QCheckBox(tr("Symmetric around zero"), this)), m_muGrid(new MuGridEditor(this)),
      m_muSamples(new QSpinBox(this)), m_muEval(makeCombo(this)), m_name(new QLineEdit(this)),
      m_tags(new QLineEdit(this)) {
    buildMethods();
    buildScheme();
    buildMuSearch();
    m_name->setPlaceholderText(tr("made from model, method and bits"));
    m_tags->setPlaceholderText(tr("words, separated by spaces"));
    grid()->addRow(field("name"), tr("&Name"), m_name);
    grid()->addRow(field("tags"), tr("&Tags"), m_tags, tr("For searching the list of runs: tag:w3"));
    connect(m_name, &QLineEdit::textEdited, this, [this] { emitEdited(); });
    connect(m_tags, &QLineEdit::textEdited, this, [this] { emitEdited(); });
}

void MethodForm::buildMethods() {
    auto* flow = new FlowLayout(m_alsoRun, 10);
    for (const MethodInfo& info : methods()) {
        m_method->addItem(text(info.title), text(info.name));
        m_method->setItemData(m_method->count() - 1, text(info.summary), Qt::ToolTipRole);
        auto* other = new QCheckBox(text(info.title), m_alsoRun);
        other->setObjectName(QStringLiteral("also_") + text(info.name));
        other->setToolTip(text(info.summary));
        flow->addWidget(other);
        m_others.push_back(other);
        connect(other, &QCheckBox::toggled, this, [this] { emitEdited(); });
    }
    m_summary->setWordWrap(true);
    m_summary->setProperty("muted", true);
    grid()->addRow(field("quant.method"), tr("Me&thod"), m_method);
    grid()->addWide(m_summary);
    grid()->addRow(field("alsoRun"), tr("Also run"), m_alsoRun,
                   tr("One run each on the same data, so that they can be compared."));
    connect(m_method, &QComboBox::currentIndexChanged, this, [this] { emitEdited(); });
}

void MethodForm::buildScheme() {
    m_preset->addItem(tr("Paper (per channel, asymmetric)"));
    m_preset->addItem(tr("Deploy (group 128, symmetric)"));
    m_preset->addItem(tr("Own settings"));
    m_group->addItem(tr("per channel"), -1);
    for (const int size : {32, 64, 128})
        m_group->addItem(QString::number(size), size);
    grid()->addRow(field("preset"), tr("&Preset"), m_preset);
    grid()->addRow(field("quant.weightBits"), tr("Weight &bits"), m_bits);
    grid()->addRow(field("quant.groupSize"), tr("&Group"), m_group, tr("Input channels that share a scale."));
    grid()->addBeside(field("quant.symmetric"), tr("Grid"), m_symmetric);
    connect(m_preset, &QComboBox::activated, this, [this](int index) {
        SetupState state;
        apply(state);
        applyPreset(Preset(index), state.config.quant);
        showing([&] {
            m_group->setCurrentIndex(m_group->findData(state.config.quant.groupSize));
            m_symmetric->setChecked(state.config.quant.symmetric);
        });
        emitEdited();
    });
    connect(m_bits, &ChoiceStrip::valueChosen, this, [this] { emitEdited(); });
    connect(m_group, &QComboBox::currentIndexChanged, this, [this] { emitEdited(); });
    connect(m_symmetric, &QCheckBox::toggled, this, [this] { emitEdited(); });
}

void MethodForm::buildMuSearch() {
    m_muSamples->setRange(0, 4096);
    m_muSamples->setSpecialValueText(tr("all"));
    m_muSamples->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    m_muEval->addItem(tr("quick (RTN with the weighted range)"));
    m_muEval->addItem(tr("full sweep (6 to 11 times slower)"));
    //: μ is the modality awareness
    grid()->addRow(field("quant.muGrid"), tr("μ grid"), m_muGrid,
                   tr("0: text only, 0.5: neutral, 1: vision only."));
    grid()->addRow(field("quant.muSamples"), tr("μ samples"), m_muSamples,
                   tr("Calibration samples a candidate is judged on; 0 takes all."));
    grid()->addRow(field("quant.muEval"), tr("μ judged by"), m_muEval);
    connect(m_muGrid, &MuGridEditor::edited, this, [this] { emitEdited(); });
    connect(m_muSamples, &QSpinBox::valueChanged, this, [this] { emitEdited(); });
    connect(m_muEval, &QComboBox::currentIndexChanged, this, [this] { emitEdited(); });
}

std::string MethodForm::method() const { return utf8(m_method->currentData().toString()); }

void MethodForm::show(const SetupState& state, const SetupFacts&) {
    const QuantConfig& quant = state.config.quant;
    showing([&] {
        m_method->setCurrentIndex(m_method->findData(text(quant.method)));
        for (std::size_t i = 0; i < m_others.size(); ++i) {
            const std::string name(methods()[i].name);
            m_others[i]->setChecked(name != quant.method && std::ranges::count(state.alsoRun, name) > 0);
            m_others[i]->setVisible(name != quant.method);
        }
        m_preset->setCurrentIndex(int(presetOf(quant)));
        m_bits->setValue(quant.weightBits);
        m_group->setCurrentIndex(m_group->findData(quant.groupSize));
        m_symmetric->setChecked(quant.symmetric);
        m_muGrid->setValues(quant.muGrid);
        m_muSamples->setValue(quant.muSamples);
        m_muEval->setCurrentIndex(int(quant.muEval));
        if (!m_name->hasFocus())
            m_name->setText(text(state.config.name));
        if (!m_tags->hasFocus())
            m_tags->setText(joined(state.config.tags, QStringLiteral(" ")));
    });
    m_summary->setText(text(methodNamed(quant.method).summary));
    const bool searchesMu = std::ranges::any_of(
        state.runs(), [](const RunConfig& run) { return run.quant.effectiveRanges() == Ranges::Modality; });
    for (const char* name : {"quant.muGrid", "quant.muSamples", "quant.muEval"})
        grid()->setFieldVisible(field(name), searchesMu);
}

void MethodForm::apply(SetupState& state) const {
    QuantConfig& quant = state.config.quant;
    quant.method = method();
    state.alsoRun.clear();
    for (std::size_t i = 0; i < m_others.size(); ++i)
        if (m_others[i]->isChecked() && methods()[i].name != quant.method)
            state.alsoRun.emplace_back(methods()[i].name);
    quant.weightBits = m_bits->value();
    quant.groupSize = m_group->currentData().toInt();
    quant.symmetric = m_symmetric->isChecked();
    quant.muGrid = m_muGrid->values();
    quant.muSamples = m_muSamples->value();
    quant.muEval = MuEval(m_muEval->currentIndex());
    state.config.name = utf8(m_name->text().trimmed());
    state.config.tags.clear();
    for (const QString& tag : m_tags->text().split(QLatin1Char(' '), Qt::SkipEmptyParts))
        state.config.tags.push_back(utf8(tag));
}

}
