// method_form.h - card 3 of Set up: the method, others to compare it with, bits, groups and the mu search.
#pragma once
#include "ui/setup/setup_form.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QSpinBox;

namespace vlmptq::ui {

class ChoiceStrip;
class MuGridEditor;

class MethodForm : public SetupForm {
    Q_OBJECT
public:
    explicit MethodForm(QWidget* parent = nullptr);
    void show(const SetupState&, const SetupFacts&) override;
    void apply(SetupState&) const override;

private:
    void buildMethods();
    void buildScheme();
    void buildMuSearch();
    std::string method() const;

    QComboBox* m_method;
    QLabel* m_summary;
    QWidget* m_alsoRun;
    std::vector<QCheckBox*> m_others; // in the order of methods()
    QComboBox* m_preset;
    ChoiceStrip* m_bits;
    QComboBox* m_group;
    QCheckBox* m_symmetric;
    MuGridEditor* m_muGrid;
    QSpinBox* m_muSamples;
    QComboBox* m_muEval;
    QLineEdit *m_name, *m_tags;
};

}
