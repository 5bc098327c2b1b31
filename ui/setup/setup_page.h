// setup_page.h - the Set up tab: the cards, their rules checked as typed, and the button that starts. Nothing
// is modal.
#pragma once
#include "ui/context.h"
#include "ui/jobs/job_center.h"
#include "ui/setup/setup_state.h"

#include <QWidget>

class QGridLayout;
class QLabel;
class QPushButton;
class QScrollArea;

namespace vlmptq::ui {

class AdvancedForm;
class CalibrationForm;
class ChecksList;
class EvaluateForm;
class MethodForm;
class ModelForm;
class ResourceCard;
class SetupForm;
class SetupReader;

class SetupPage : public QWidget {
    Q_OBJECT
public:
    SetupPage(const Context&, JobCenter*, QWidget* parent = nullptr);

    const SetupState& state() const { return m_state; }
    void setState(const SetupState&);
    void openModel(const QString& folder);
    void openCalibration(const QString& path);
    bool canStart() const;
    void start();          // Quantize
    void startWhenReady(); // as soon as model and data are read, unless a rule is broken
    EvaluationPlan evaluationPlan() const;
    void reload();  // F5
    void useDemo(); // model, calibration and benchmarks of the built-in demo

Q_SIGNALS:
    void startRequested(const std::vector<vlmptq::RunConfig>& runs);
    void canStartChanged(bool on);

protected:
    void resizeEvent(QResizeEvent*) override;

private:
    QWidget* buildCards();
    QWidget* buildButtons();
    void collect(); // the user changed a field
    void refresh(); // shows state, facts and checks
    void check();
    void focusField(const QString& field);
    void arrangeColumns();

    Context m_context;
    JobCenter* m_jobs;
    SetupState m_state;
    SetupReader* m_reader;
    ModelForm* m_model;
    CalibrationForm* m_calibration;
    MethodForm* m_method;
    EvaluateForm* m_evaluate;
    AdvancedForm* m_advanced;
    std::vector<SetupForm*> m_forms;
    ResourceCard* m_resources;
    ChecksList* m_checks;
    QScrollArea* m_scroll;
    QGridLayout* m_cards;
    QPushButton* m_start;
    QLabel* m_why;
    std::optional<bool> m_isWide; // two columns of cards
    bool m_canStart = false, m_startsWhenReady = false;
};

}
