// export_dialog.h - "Export checkpoint…": a dense Hugging Face folder of a finished run, with progress,
// cancel and verification by reloading. Stays open while it works; the window behind it stays usable.
#pragma once
#include "ui/context.h"
#include "ui/jobs/job.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QProgressBar;
class QPushButton;

namespace vlmptq::ui {

class JobCenter;
class PathEdit;

class ExportDialog : public QDialog {
    Q_OBJECT
public:
    ExportDialog(const Context&, JobCenter*, const store::RunRecord&, QWidget* parent = nullptr);
    void reject() override; // cancels a running export first

private:
    enum class Phase { Choosing, Working, Done };
    void buildFields();
    void setPhase(Phase);
    void start();
    void onEvent(const Event&);
    void onEnded(const Job&, const JobResult&);
    void showResult(const api::ExportResult&);
    void check();
    bool isOurs(const Job&) const;

    JobCenter* m_jobs;
    store::RunRecord m_run;
    Phase m_phase = Phase::Choosing;
    QWidget* m_fields;
    QComboBox* m_dtype;
    PathEdit* m_folder;
    QCheckBox *m_verify, *m_replace;
    QLabel *m_message, *m_state;
    QProgressBar* m_bar;
    QPushButton *m_export, *m_close;
};

}
