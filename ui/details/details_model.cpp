#include "ui/details/details_model.h"

#include "ui/qt_text.h"

#include <QCoreApplication>
#include <QFont>
#include <QLocale>

namespace vlmptq::ui {
namespace {

class Facts {
    Q_DECLARE_TR_FUNCTIONS(Details)
public:
    void heading(const QString& name) { m_facts.push_back({name, {}, true}); }
    void add(const QString& name, const QString& value) {
        if (!value.isEmpty())
            m_facts.push_back({name, value, false});
    }
    void add(const QString& name, const std::string& value) { add(name, text(value)); }
    void add(const QString& name, const std::optional<double>& value, int digits = 3) {
        if (value)
            add(name, significantText(*value, digits));
    }
    void errors(const QString& title, const ErrorByTokens& error) {
        heading(title);
        add(tr("all tokens"), error.all);
        add(tr("vision tokens"), error.vision);
        add(tr("text tokens"), error.text);
        add(tr("answer tokens"), error.answer);
    }
    void interval(const QString& name, const std::optional<MeanInterval>& value) {
        //: a value with its 95 % interval
        if (value)
            add(name, tr("%1 (%2 – %3)")
                          .arg(significantText(value->mean, 3), significantText(value->low),
                               significantText(value->high)));
    }
    std::vector<Fact> take() { return std::move(m_facts); }

    void settings(const RunConfig& config);
    void summary(const RunSummary& summary);

private:
    std::vector<Fact> m_facts;
};

void Facts::settings(const RunConfig& config) {
    const QuantConfig& quant = config.quant;
    heading(tr("Settings"));
    add(tr("Weight bits"), countText(quant.weightBits));
    add(tr("Group"), quant.groupSize > 0 ? countText(quant.groupSize) : tr("per channel"));
    add(tr("Symmetric"), quant.symmetric ? tr("yes") : tr("no"));
    add(tr("Ranges"), std::string(toString(quant.effectiveRanges())));
    //: λ and α are symbols of the method
    add(tr("Damping λ"), significantText(quant.dampRatio));
    add(tr("Residual α"), significantText(quant.alpha));
    if (quant.effectiveRanges() == Ranges::Modality) {
        QStringList grid;
        for (const double mu : quant.muGrid)
            grid << QLocale().toString(mu, 'g', 3);
        add(tr("μ grid"), grid.join(QStringLiteral("  ")));
        add(tr("μ samples"), quant.muSamples == 0 ? tr("all") : countText(quant.muSamples));
    }
    add(tr("Act-order"), quant.effectiveActOrder() ? tr("on") : tr("off"));
    heading(tr("Calibration"));
    add(tr("Source"), config.calib.source);
    add(tr("Samples"), countText(config.calib.samples));
    add(tr("Held out"), countText(config.calib.heldout));
    add(tr("Max tokens"), countText(config.calib.maxTokens));
    add(tr("Device"), config.device.device);
}

void Facts::summary(const RunSummary& summary) {
    heading(tr("Result"));
    add(tr("Mean module error"), significantText(summary.meanModuleError, 3));
    interval(tr("Model error"), summary.modelError.all);
    interval(tr("… vision tokens"), summary.modelError.vision);
    interval(tr("… text tokens"), summary.modelError.text);
    interval(tr("… answer tokens"), summary.modelError.answer);
    interval(tr("Answer loss (nats/token)"), summary.heldoutAnswerLoss);
    add(tr("… of full precision"), summary.fullPrecisionAnswerLoss);
    //: size before and after
    add(tr("Size"), tr("%1 → %2").arg(bytesText(summary.originalBytes), bytesText(summary.quantizedBytes)));
    add(tr("Bits per weight"), fixedText(summary.bitsPerWeight, 2));
    add(tr("Time"), durationText(summary.seconds));
    add(tr("Peak memory"), bytesText(summary.peakBytes));
    if (summary.warnings > 0)
        add(tr("Warnings"), countText(summary.warnings));
}

}

std::vector<Fact> runFacts(const store::RunRecord& run) {
    Facts facts;
    facts.heading(runTitle(run));
    facts.add(Facts::tr("State"), stateText(run.state));
    facts.add(Facts::tr("Method"), methodTitle(run.method));
    facts.add(Facts::tr("Scheme"), run.scheme);
    facts.add(Facts::tr("Model"), run.modelTitle.empty() ? run.model : run.modelTitle);
    facts.add(Facts::tr("Layers"), Facts::tr("%1 of %2").arg(run.layersDone).arg(run.layers));
    if (run.averageScore)
        facts.add(Facts::tr("Average score"), fixedText(*run.averageScore, 1));
    facts.add(Facts::tr("Created"), timeText(run.createdAt));
    facts.add(Facts::tr("Finished"), timeText(run.finishedAt));
    facts.add(Facts::tr("Tags"), joined(run.tags, QStringLiteral(", ")));
    facts.add(Facts::tr("Note"), run.note);
    facts.add(Facts::tr("Error"), run.error);
    if (run.summary)
        facts.summary(*run.summary);
    facts.settings(run.config);
    facts.heading(Facts::tr("Origin"));
    facts.add(Facts::tr("Model folder"), run.model);
    facts.add(Facts::tr("Run folder"), run.directory);
    facts.add(Facts::tr("Host"), run.host);
    facts.add(Facts::tr("Fingerprint"), run.fingerprint.substr(0, 16));
    return facts.take();
}

std::vector<Fact> moduleFacts(const ModuleResult& module) {
    Facts facts;
    facts.heading(text(module.name));
    facts.add(Facts::tr("Position"), Facts::tr("module %1, layer %2").arg(module.index).arg(module.layer));
    //: output × input channels
    facts.add(Facts::tr("Shape"), Facts::tr("%1 × %2").arg(module.rows).arg(module.columns));
    facts.add(Facts::tr("Bits"), countText(module.bits));
    facts.errors(Facts::tr("Held-out error"), module.heldoutError);
    facts.errors(Facts::tr("Calibration error"), module.calibrationError);
    facts.heading(Facts::tr("Method"));
    facts.add(Facts::tr("Weight error"), significantText(module.weightError, 3));
    //: μ* is the chosen modality awareness
    facts.add(Facts::tr("μ*"), module.awareness);
    facts.add(Facts::tr("Largest |C|"), module.correctionMax);
    facts.add(Facts::tr("Vision magnitude"), module.visionMagnitude);
    facts.add(Facts::tr("Text magnitude"), module.textMagnitude);
    facts.add(Facts::tr("Vision / text tokens"),
              QString(countText(module.visionTokens) + QStringLiteral(" / ") + countText(module.textTokens)));
    facts.add(Facts::tr("Damping used"), significantText(module.dampUsed));
    if (module.dampRetries > 0)
        facts.add(Facts::tr("Damping steps"), countText(module.dampRetries));
    facts.add(Facts::tr("On the outer codes"), percentText(module.saturatedShare, 2));
    if (module.fellBackToRtn)
        facts.add(Facts::tr("Fell back to RTN"), Facts::tr("yes"));
    facts.heading(Facts::tr("Time and memory"));
    facts.add(Facts::tr("Capture"), durationText(module.captureSeconds));
    facts.add(Facts::tr("μ search"), durationText(module.muSearchSeconds));
    facts.add(Facts::tr("Solve"), durationText(module.solveSeconds));
    facts.add(Facts::tr("Pack"), durationText(module.packSeconds));
    facts.add(Facts::tr("Peak memory"), bytesText(module.peakBytes));
    for (const MatrixMemory& matrix : module.memory)
        //: memory of a matrix: measured, and what the paper's formula says
        facts.add(text(matrix.name),
                  Facts::tr("%1 (formula %2)")
                      .arg(bytesText(matrix.measuredBytes), bytesText(matrix.formulaBytes)));
    return facts.take();
}

void DetailsModel::setFacts(std::vector<Fact> facts) {
    beginResetModel();
    m_facts = std::move(facts);
    endResetModel();
}

int DetailsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_facts.size());
}
int DetailsModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : 2; }

QVariant DetailsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Fact& fact = m_facts[std::size_t(index.row())];
    const QString& shown = index.column() == 0 ? fact.name : fact.value;
    if (role == Qt::DisplayRole || role == Qt::ToolTipRole)
        return shown;
    if (role == Qt::FontRole && fact.isHeading) {
        QFont font;
        font.setWeight(QFont::DemiBold);
        return font;
    }
    return {};
}

QVariant DetailsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == 0 ? tr("Fact") : tr("Value");
}

}
