// setup_reader.h - reads what Set up needs to know, on the task thread: the model's headers, the calibration
// lines, tokens per modality (in small bites, so thumbnails come in between), benchmark files, free disk and
// memory. UI thread.
#pragma once
#include "ui/context.h"
#include "ui/setup/setup_state.h"

#include <QObject>

namespace vlmptq::ui {

class SetupReader : public QObject {
    Q_OBJECT
public:
    explicit SetupReader(const Context&, QObject* parent = nullptr);
    const SetupFacts& facts() const { return m_facts; }
    // Reads again what the new state changes; `force` (F5): everything.
    void update(const SetupState&, bool force = false);
    void setEngine(const std::optional<api::EngineInfo>&);
    const std::vector<calibration::CalibrationLine>& chosenLines() const { return m_chosen; }

Q_SIGNALS:
    void changed();
    void linesChanged(); // chosenLines()

private:
    struct Counting;
    void readModel();
    void readData();
    void chooseLines();
    void startCounting();
    void countMore(std::shared_ptr<Counting>);
    void readBenchmarks();
    void readMachine();

    Context m_context;
    SetupFacts m_facts;
    std::string m_model;
    CalibConfig m_calib;
    std::vector<std::string> m_benchmarks;
    std::vector<calibration::CalibrationLine> m_chosen;
};

}
