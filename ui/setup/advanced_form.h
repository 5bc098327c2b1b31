// advanced_form.h - the last card of Set up, folded: expert options of the method, and where the work is
// done.
#pragma once
#include "ui/setup/setup_form.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QSpinBox;
class QToolButton;

namespace vlmptq::ui {

class AdvancedForm : public SetupForm {
    Q_OBJECT
public:
    explicit AdvancedForm(QWidget* parent = nullptr);
    void show(const SetupState&, const SetupFacts&) override;
    void apply(SetupState&) const override;

protected:
    void reveal(const QString& field) override;

private:
    void keepChoice(QCheckBox*, std::optional<bool>& chosen);
    void buildMethodRows();
    void buildDeviceRows();
    void setOpen(bool);
    void showDevices(const std::optional<api::EngineInfo>&);

    QToolButton* m_toggle;
    QDoubleSpinBox *m_damp, *m_alpha, *m_mPow;
    QSpinBox *m_block, *m_threads;
    QCheckBox *m_actOrder, *m_staticGroups;
    std::optional<bool> m_chosenActOrder, m_chosenStaticGroups; // absent: the method's own
    QComboBox *m_ranges, *m_mode, *m_mNorm, *m_precision, *m_device, *m_dtype;
};

int studioThreads(); // all cores but one, at least one: the window stays quick (style.md 4.5)

}
