#include "ui/setup/advanced_form.h"

#include "ui/qt_text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <thread>

namespace vlmptq::ui {
namespace {

QString field(const char* name) { return QLatin1String(name); }

template <class Spin, class Value>
Spin* makeSpin(Value low, Value high, Value step, QWidget* parent) {
    auto* spin = new Spin(parent);
    spin->setRange(low, high);
    spin->setSingleStep(step);
    spin->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    return spin;
}

QComboBox* makeCombo(const QStringList& items, QWidget* parent) {
    auto* combo = new QComboBox(parent);
    combo->addItems(items);
    combo->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    return combo;
}

}

int studioThreads() { return std::max(1, int(std::thread::hardware_concurrency()) - 1); }

AdvancedForm::AdvancedForm(QWidget* parent)
    : SetupForm({}, parent), m_toggle(new QToolButton(this)),
      m_damp(makeSpin<QDoubleSpinBox>(0.0, 1.0, 0.01, this)),
      m_alpha(makeSpin<QDoubleSpinBox>(0.0, 1.0, 0.05, this)),
      m_mPow(makeSpin<QDoubleSpinBox>(0.1, 16.0, 0.1, this)), m_block(makeSpin<QSpinBox>(1, 4096, 32, this)),
      m_threads(makeSpin<QSpinBox>(1, 1024, 1, this)),
      m_actOrder(new QCheckBox(tr("Columns by activation size"), this)),
      m_staticGroups(new QCheckBox(tr("Groups fixed before the sweep"), this)),
      m_ranges(makeCombo({tr("the method's own"), QStringLiteral("minmax"), QStringLiteral("mse"),
                          QStringLiteral("diag-h"), QStringLiteral("modality")},
                         this)),
      m_mode(makeCombo({tr("the method's own"), QStringLiteral("org"), QStringLiteral("allw"),
                        QStringLiteral("allw_clamp")},
                       this)),
      m_mNorm(makeCombo({tr("sums"), tr("means per token")}, this)),
      m_precision(makeCombo({QStringLiteral("float32"), QStringLiteral("float64")}, this)),
      m_device(makeCombo({}, this)),
      m_dtype(makeCombo({tr("automatic"), QStringLiteral("float32"), QStringLiteral("bfloat16")}, this)) {
    m_toggle->setObjectName(QStringLiteral("advancedToggle"));
    m_toggle->setText(tr("Advanced"));
    m_toggle->setToolTip(tr("Damping, order, ranges, device, threads"));
    m_toggle->setCheckable(true);
    m_toggle->setAutoRaise(true);
    m_toggle->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    content()->insertWidget(0, m_toggle);
    m_damp->setDecimals(4);
    buildMethodRows();
    buildDeviceRows();
    connect(m_toggle, &QToolButton::toggled, this, &AdvancedForm::setOpen);
    setOpen(false);
}

void AdvancedForm::buildMethodRows() {
    //: λ and α are symbols of the method
    grid()->addRow(field("quant.dampRatio"), tr("Damping λ"), m_damp, tr("Relative to the mean of diag(H)."));
    grid()->addRow(field("quant.alpha"), tr("Residual α"), m_alpha,
                   tr("Strength of P and C; 0 turns both off."));
    grid()->addRow(field("quant.blockSize"), tr("Block"), m_block, tr("Columns of one block of the sweep."));
    grid()->addRow(field("quant.actOrder"), tr("Act-order"), m_actOrder);
    grid()->addRow(field("quant.staticGroups"), tr("Static groups"), m_staticGroups);
    grid()->addRow(field("quant.ranges"), tr("Ranges"), m_ranges,
                   tr("How scale and zero of a row are searched."));
    grid()->addRow(field("quant.mode"), tr("Tail mode"), m_mode,
                   tr("Which weights drive the residual in the tail of a block."));
    grid()->addRow(field("quant.mNorm"), tr("M from"), m_mNorm,
                   tr("Vision and text importance as sums or as means per token."));
    grid()->addRow(field("quant.mPow"), tr("M exponent"), m_mPow, tr("Of the weighted range search."));
    grid()->addRow(field("quant.precision"), tr("Precision"), m_precision,
                   tr("Of Grams, factorisation and sweep."));
    for (QDoubleSpinBox* spin : {m_damp, m_alpha, m_mPow})
        connect(spin, &QDoubleSpinBox::valueChanged, this, [this] { emitEdited(); });
    connect(m_block, &QSpinBox::valueChanged, this, [this] { emitEdited(); });
    keepChoice(m_actOrder, m_chosenActOrder);
    keepChoice(m_staticGroups, m_chosenStaticGroups);
    for (QComboBox* combo : {m_ranges, m_mode, m_mNorm, m_precision})
        connect(combo, &QComboBox::currentIndexChanged, this, [this] { emitEdited(); });
}

// A box shows what the method does by itself until somebody chooses: only then it is a setting.
void AdvancedForm::keepChoice(QCheckBox* box, std::optional<bool>& chosen) {
    connect(box, &QCheckBox::clicked, this, [this, &chosen](bool isOn) {
        chosen = isOn;
        emitEdited();
    });
}

void AdvancedForm::buildDeviceRows() {
    grid()->addRow(field("device.device"), tr("Device"), m_device);
    grid()->addRow(field("device.computeDtype"), tr("Compute in"), m_dtype,
                   tr("Automatic: float32 on every processor (CPU), bfloat16 on a GPU."));
    grid()->addRow(field("device.threads"), tr("Threads"), m_threads,
                   tr("One core is left for the window by default."));
    for (QComboBox* combo : {m_device, m_dtype})
        connect(combo, &QComboBox::currentIndexChanged, this, [this] { emitEdited(); });
    connect(m_threads, &QSpinBox::valueChanged, this, [this] { emitEdited(); });
    showDevices({});
}

void AdvancedForm::setOpen(bool open) {
    m_toggle->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    m_toggle->setChecked(open);
    grid()->setVisible(open);
}

void AdvancedForm::reveal(const QString&) { setOpen(true); }

void AdvancedForm::showDevices(const std::optional<api::EngineInfo>& engine) {
    QStringList names{QStringLiteral("auto")};
    if (engine)
        for (const api::DeviceInfo& device : engine->devices)
            names << text(device.name);
    if (!names.contains(QStringLiteral("cpu")))
        names << QStringLiteral("cpu");
    if (m_device->count() == names.size())
        return;
    const QString chosen = m_device->currentText();
    m_device->clear();
    m_device->addItems(names);
    if (engine)
        for (const api::DeviceInfo& device : engine->devices)
            m_device->setItemData(int(names.indexOf(text(device.name))), text(device.description),
                                  Qt::ToolTipRole);
    m_device->setCurrentText(chosen);
}

void AdvancedForm::show(const SetupState& state, const SetupFacts& facts) {
    const QuantConfig& quant = state.config.quant;
    m_chosenActOrder = quant.actOrder;
    m_chosenStaticGroups = quant.staticGroups;
    showing([&] {
        m_damp->setValue(quant.dampRatio);
        m_alpha->setValue(quant.alpha);
        m_mPow->setValue(quant.mPow);
        m_block->setValue(quant.blockSize);
        m_actOrder->setChecked(quant.effectiveActOrder());
        m_staticGroups->setChecked(quant.effectiveStaticGroups());
        m_ranges->setCurrentIndex(quant.ranges ? int(*quant.ranges) + 1 : 0);
        m_mode->setCurrentIndex(quant.mode ? int(*quant.mode) + 1 : 0);
        m_mNorm->setCurrentIndex(int(quant.mNorm));
        m_precision->setCurrentIndex(int(quant.precision));
        showDevices(facts.engine);
        m_device->setCurrentText(text(state.config.device.device));
        m_dtype->setCurrentIndex(int(state.config.device.computeDtype));
        m_threads->setValue(state.config.device.threads > 0 ? state.config.device.threads : studioThreads());
    });
}

void AdvancedForm::apply(SetupState& state) const {
    QuantConfig& quant = state.config.quant;
    quant.dampRatio = m_damp->value();
    quant.alpha = m_alpha->value();
    quant.mPow = m_mPow->value();
    quant.blockSize = m_block->value();
    quant.actOrder = m_chosenActOrder;
    quant.staticGroups = m_chosenStaticGroups;
    const auto chosen = [](const QComboBox* combo) { return combo->currentIndex() - 1; };
    quant.ranges = chosen(m_ranges) < 0 ? std::nullopt : std::optional(Ranges(chosen(m_ranges)));
    quant.mode = chosen(m_mode) < 0 ? std::nullopt : std::optional(TailMode(chosen(m_mode)));
    quant.mNorm = MNorm(m_mNorm->currentIndex());
    quant.precision = Precision(m_precision->currentIndex());
    state.config.device.device = utf8(m_device->currentText());
    state.config.device.computeDtype = ComputeDtype(m_dtype->currentIndex());
    state.config.device.threads = m_threads->value();
}

}
