// checks_list.h - the one place of Set up where everything that is right or wrong is listed, each with Show
// and, where there is a remedy, a button that applies it.
#pragma once
#include "ui/setup/setup_state.h"
#include "ui/widgets/card.h"

class QLabel;

namespace vlmptq::ui {

class ChecksList : public Card {
    Q_OBJECT
public:
    explicit ChecksList(QWidget* parent = nullptr);
    void setChecks(std::vector<Check>);

Q_SIGNALS:
    void showRequested(const QString& field);
    void fixRequested(std::function<void(vlmptq::ui::SetupState&)> fix);

private:
    QWidget* makeRow(const Check&);
    QWidget* m_rows;
    std::vector<Check> m_checks;
};

}
