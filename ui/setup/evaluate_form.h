// evaluate_form.h - card 4 of Set up: the benchmarks asked after each run.
#pragma once
#include "ui/setup/setup_form.h"

class QCheckBox;
class QLabel;
class QSpinBox;

namespace vlmptq::ui {

class PathEdit;

class EvaluateForm : public SetupForm {
    Q_OBJECT
public:
    explicit EvaluateForm(QWidget* parent = nullptr);
    void show(const SetupState&, const SetupFacts&) override;
    void apply(SetupState&) const override;

private:
    QCheckBox* m_on;
    PathEdit* m_benchmarks;
    QSpinBox* m_limit;
    QLabel* m_count;
};

}
