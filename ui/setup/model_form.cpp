#include "ui/setup/model_form.h"

#include "ui/qt_text.h"
#include "ui/widgets/path_edit.h"

#include <QLabel>
#include <QLineEdit>
#include <QRegularExpression>

#include <algorithm>

namespace vlmptq::ui {

ModelForm::ModelForm(QWidget* parent)
    : SetupForm(tr("1  Model"), parent),
      m_folder(new PathEdit(PathEdit::Kind::Folder, tr("Model folder"), {}, this)),
      m_summary(new QLabel(this)), m_skip(new QLineEdit(this)), m_skipPreview(new QLabel(this)) {
    m_summary->setObjectName(QStringLiteral("modelSummary"));
    m_summary->setWordWrap(true);
    m_skipPreview->setProperty("muted", true);
    m_skip->setPlaceholderText(tr("nothing – or patterns such as *.o_proj"));
    grid()->addRow(QStringLiteral("model"), tr("&Folder"), m_folder,
                   tr("A Hugging Face checkpoint: config.json, safetensors, tokenizer. Drop a folder here."));
    grid()->addWide(m_summary);
    grid()->addRow(QStringLiteral("quant.skip"), tr("&Leave out"), m_skip,
                   tr("Linears that stay in full precision: names with * and ?, separated by spaces."));
    grid()->addWide(m_skipPreview);
    connect(m_folder, &PathEdit::pathChanged, this, [this] { emitEdited(); });
    connect(m_skip, &QLineEdit::textEdited, this, [this] { emitEdited(); });
}

void ModelForm::setRecent(const QStringList& folders) { m_folder->setRecent(folders); }

void ModelForm::show(const SetupState& state, const SetupFacts& facts) {
    showing([&] {
        m_folder->setPath(text(state.config.model));
        if (!m_skip->hasFocus())
            m_skip->setText(joined(state.config.quant.skip, QStringLiteral(" ")));
    });
    m_summary->setText(summaryText(state, facts));
    m_summary->setVisible(!m_summary->text().isEmpty());
    const bool hasPreview = facts.model && !state.config.quant.skip.empty();
    if (hasPreview)
        m_skipPreview->setText(tr("leaves out %1 of %2 linears")
                                   .arg(leftOut(*facts.model, state.config.quant))
                                   .arg(facts.model->linears.size()));
    m_skipPreview->setVisible(hasPreview);
}

void ModelForm::apply(SetupState& state) const {
    state.config.model = utf8(m_folder->path());
    state.config.quant.skip.clear();
    static const QRegularExpression separators(QStringLiteral("[\\s,]+"));
    for (const QString& glob : m_skip->text().split(separators, Qt::SkipEmptyParts))
        state.config.quant.skip.push_back(utf8(glob));
}

QString ModelForm::summaryText(const SetupState& state, const SetupFacts& facts) const {
    if (state.config.model.empty())
        return tr("Choose a folder, drop one here, or start with the built-in demo.");
    if (facts.isReadingModel)
        return tr("Reading headers…");
    if (!facts.model)
        return {};
    const families::ModelSummary& model = *facts.model;
    QString parameters = model.parameters >= 1'000'000'000
                             ? fixedText(double(model.parameters) / 1e9, 1) + QStringLiteral(" B")
                             : fixedText(double(model.parameters) / 1e6, 1) + QStringLiteral(" M");
    const auto& known = families::families();
    const auto family = std::ranges::find(known, model.family, &families::FamilyInfo::name);
    //: family, parameters, weight type, size
    return tr("%1 · %2 parameters · %3 · %4")
               .arg(text(family != known.end() ? family->title : model.family), parameters,
                    text(model.weightsDtype), bytesText(model.bytes)) +
           QLatin1Char('\n') +
           tr("shards: %1 · decoder layers: %2 · linears: %3")
               .arg(model.shards)
               .arg(model.decoderLayers)
               .arg(model.linears.size());
}

}
