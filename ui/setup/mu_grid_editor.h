// mu_grid_editor.h - the candidates of mu: from, to and steps, quick picks, and the values as chips that can
// be taken out.
#pragma once
#include <QWidget>

#include <vector>

class QDoubleSpinBox;
class QHBoxLayout;
class QSpinBox;

namespace vlmptq::ui {

class MuGridEditor : public QWidget {
    Q_OBJECT
public:
    explicit MuGridEditor(QWidget* parent = nullptr);
    const std::vector<double>& values() const { return m_values; }
    void setValues(const std::vector<double>&); // no signal

Q_SIGNALS:
    void edited();

private:
    void makeFromSpins();
    void take(std::vector<double>);
    void showChips();

    QDoubleSpinBox *m_from, *m_to;
    QSpinBox* m_steps;
    QWidget* m_chips;
    std::vector<double> m_values;
};

}
