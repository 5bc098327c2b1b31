// calibration_form.h - card 2 of Set up: the calibration pairs, how many of them and in which order, seen and
// counted.
#pragma once
#include "ui/context.h"
#include "ui/setup/setup_form.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QSpinBox;

namespace vlmptq::ui {

class PathEdit;
class SamplePreview;

class CalibrationForm : public SetupForm {
    Q_OBJECT
public:
    explicit CalibrationForm(const Context&, QWidget* parent = nullptr);
    void setRecent(const QStringList&);
    void showLines(std::vector<calibration::CalibrationLine>); // those that calibrate
    void show(const SetupState&, const SetupFacts&) override;
    void apply(SetupState&) const override;

private:
    QString countsText(const SetupState&, const SetupFacts&) const;
    PathEdit* m_source;
    QSpinBox *m_samples, *m_heldout, *m_seed, *m_maxTokens;
    QComboBox* m_order;
    SamplePreview* m_preview;
    QLabel* m_counts;
    bool m_allowTextOnly = false;
};

}
