#include "ui/setup/evaluate_form.h"

#include "ui/qt_text.h"
#include "ui/widgets/path_edit.h"

#include <QCheckBox>
#include <QLabel>
#include <QSpinBox>

namespace vlmptq::ui {

EvaluateForm::EvaluateForm(QWidget* parent)
    : SetupForm(tr("4  Evaluate afterwards"), parent),
      m_on(new QCheckBox(tr("Ask the benchmarks after each run"), this)),
      m_benchmarks(
          new PathEdit(PathEdit::Kind::FileOrFolder, tr("Benchmarks"), tr("Benchmarks (*.tsv)"), this)),
      m_limit(new QSpinBox(this)), m_count(new QLabel(this)) {
    m_on->setObjectName(QStringLiteral("evaluateAfter"));
    m_limit->setRange(0, 1'000'000);
    m_limit->setSpecialValueText(tr("all"));
    m_limit->setSingleStep(10);
    m_limit->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    m_count->setProperty("muted", true);
    grid()->addWide(m_on);
    grid()->addRow(QStringLiteral("benchmarks"), tr("Ben&chmarks"), m_benchmarks,
                   tr("A TSV file or a folder of them."));
    grid()->addRow(QStringLiteral("evaluateLimit"), tr("First ro&ws"), m_limit,
                   tr("Rows of each file; 0 takes all."));
    grid()->addWide(m_count);
    connect(m_on, &QCheckBox::toggled, this, [this] { emitEdited(); });
    connect(m_benchmarks, &PathEdit::pathChanged, this, [this] { emitEdited(); });
    connect(m_limit, &QSpinBox::valueChanged, this, [this] { emitEdited(); });
}

void EvaluateForm::show(const SetupState& state, const SetupFacts& facts) {
    showing([&] {
        m_on->setChecked(state.evaluateAfter);
        m_benchmarks->setPath(state.benchmarks.empty() ? QString() : text(state.benchmarks.front()));
        m_limit->setValue(int(state.evaluateLimit));
    });
    for (QWidget* widget : std::initializer_list<QWidget*>{m_benchmarks, m_limit})
        widget->setEnabled(state.evaluateAfter);
    m_count->setVisible(state.evaluateAfter && facts.benchmarkFiles.value_or(0) > 0);
    m_count->setText(tr("benchmark files: %1").arg(facts.benchmarkFiles.value_or(0)));
}

void EvaluateForm::apply(SetupState& state) const {
    state.evaluateAfter = m_on->isChecked();
    state.benchmarks.clear();
    if (const QString path = m_benchmarks->path(); !path.isEmpty())
        state.benchmarks.push_back(utf8(path));
    state.evaluateLimit = m_limit->value();
}

}
