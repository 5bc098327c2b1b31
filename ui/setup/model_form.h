// model_form.h - card 1 of Set up: the model folder, what was read of it, and which of its linears stay as
// they are.
#pragma once
#include "ui/setup/setup_form.h"

class QLabel;
class QLineEdit;

namespace vlmptq::ui {

class PathEdit;

class ModelForm : public SetupForm {
    Q_OBJECT
public:
    explicit ModelForm(QWidget* parent = nullptr);
    void setRecent(const QStringList&);
    void show(const SetupState&, const SetupFacts&) override;
    void apply(SetupState&) const override;

private:
    QString summaryText(const SetupState&, const SetupFacts&) const;
    PathEdit* m_folder;
    QLabel* m_summary;
    QLineEdit* m_skip;
    QLabel* m_skipPreview;
};

}
