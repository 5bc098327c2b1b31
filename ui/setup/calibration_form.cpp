#include "ui/setup/calibration_form.h"

#include "ui/qt_text.h"
#include "ui/setup/sample_preview.h"
#include "ui/widgets/path_edit.h"

#include <QComboBox>
#include <QLabel>
#include <QSpinBox>

namespace vlmptq::ui {
namespace {

QSpinBox* makeSpin(int low, int high, int step, QWidget* parent) {
    auto* spin = new QSpinBox(parent);
    spin->setRange(low, high);
    spin->setSingleStep(step);
    spin->setGroupSeparatorShown(true);
    spin->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    return spin;
}

}

CalibrationForm::CalibrationForm(const Context& context, QWidget* parent)
    : SetupForm(tr("2  Calibration"), parent),
      m_source(new PathEdit(PathEdit::Kind::FileOrFolder, tr("Calibration data"),
                            tr("Calibration lines (*.jsonl *.json)"), this)),
      m_samples(makeSpin(1, 4096, 16, this)), m_heldout(makeSpin(0, 4096, 16, this)),
      m_seed(makeSpin(0, std::numeric_limits<int>::max(), 1, this)),
      m_maxTokens(makeSpin(128, 32768, 128, this)), m_order(new QComboBox(this)),
      m_preview(new SamplePreview(context, this)), m_counts(new QLabel(this)) {
    m_order->addItems({tr("as in the file"), tr("shuffled by the seed")});
    m_order->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    m_counts->setObjectName(QStringLiteral("tokenCounts"));
    m_counts->setWordWrap(true);
    grid()->addRow(
        QStringLiteral("calib.source"), tr("S&ource"), m_source,
        tr("A JSONL or JSON file of image, question and answer, or a folder that holds one. Drop it here."));
    grid()->addRow(QStringLiteral("calib.samples"), tr("Sa&mples"), m_samples,
                   tr("Lines that calibrate; fewer than 16 rarely represent the model's inputs."));
    grid()->addBeside(QStringLiteral("calib.heldout"), tr("&Held out"), m_heldout,
                      tr("Lines kept out, on which the errors are measured."));
    grid()->addRow(QStringLiteral("calib.maxTokens"), tr("Ma&x tokens"), m_maxTokens,
                   tr("Longer lines are cut after the image, never inside it."));
    grid()->addBeside(QStringLiteral("calib.order"), tr("Or&der"), m_order,
                      tr("The first lines calibrate, the last ones are held out."));
    grid()->addRow(QStringLiteral("calib.seed"), tr("Se&ed"), m_seed, tr("Shuffles the lines."));
    grid()->addWide(m_preview);
    grid()->addWide(m_counts);
    connect(m_source, &PathEdit::pathChanged, this, [this] {
        m_allowTextOnly = false; // said for the file that was shown then
        emitEdited();
    });
    for (QSpinBox* spin : {m_samples, m_heldout, m_seed, m_maxTokens})
        connect(spin, &QSpinBox::valueChanged, this, [this] { emitEdited(); });
    connect(m_order, &QComboBox::currentIndexChanged, this, [this] { emitEdited(); });
}

void CalibrationForm::setRecent(const QStringList& paths) { m_source->setRecent(paths); }

void CalibrationForm::showLines(std::vector<calibration::CalibrationLine> lines) {
    m_preview->setLines(std::move(lines));
}

void CalibrationForm::show(const SetupState& state, const SetupFacts& facts) {
    const CalibConfig& calib = state.config.calib;
    showing([&] {
        m_source->setPath(text(calib.source));
        m_samples->setValue(calib.samples);
        m_heldout->setValue(calib.heldout);
        m_order->setCurrentIndex(int(calib.order));
        m_seed->setValue(int(calib.seed));
        m_maxTokens->setValue(calib.maxTokens);
        m_allowTextOnly = calib.allowTextOnly;
    });
    grid()->setFieldVisible(QStringLiteral("calib.seed"), calib.order == SampleOrder::Seeded);
    m_preview->setVisible(facts.lines && !facts.lines->empty());
    m_counts->setText(countsText(state, facts));
    m_counts->setVisible(!m_counts->text().isEmpty());
}

void CalibrationForm::apply(SetupState& state) const {
    CalibConfig& calib = state.config.calib;
    calib.source = utf8(m_source->path());
    calib.samples = m_samples->value();
    calib.heldout = m_heldout->value();
    calib.order = SampleOrder(m_order->currentIndex());
    calib.seed = std::uint64_t(m_seed->value());
    calib.maxTokens = m_maxTokens->value();
    calib.allowTextOnly = m_allowTextOnly;
}

QString CalibrationForm::countsText(const SetupState& state, const SetupFacts& facts) const {
    if (state.config.calib.source.empty())
        return {};
    if (facts.isReadingData)
        return tr("Reading lines…");
    if (!facts.tokens)
        return {};
    const TokenCounts& counts = *facts.tokens;
    QString shown =
        tr("%1 vision tokens, %2 text tokens").arg(countText(counts.vision), countText(counts.text));
    if (counts.lines < counts.total)
        shown += tr(" so far (%1 of %2 lines counted)").arg(counts.lines).arg(counts.total);
    return shown;
}

}
