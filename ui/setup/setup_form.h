// setup_form.h - what the cards of Set up have in common: they show a SetupState, write what the user changes
// into it, and take the messages of their fields.
#pragma once
#include "ui/setup/setup_state.h"
#include "ui/widgets/card.h"
#include "ui/widgets/form_grid.h"

namespace vlmptq::ui {

class SetupForm : public Card {
    Q_OBJECT
public:
    SetupForm(const QString& title, QWidget* parent);
    virtual void show(const SetupState&, const SetupFacts&) = 0; // without edited()
    virtual void apply(SetupState&) const = 0;
    bool showCheck(const Check&); // false: the field is not here
    void clearMessages();
    bool focusField(const QString& field);

Q_SIGNALS:
    void edited();

protected:
    FormGrid* grid() const { return m_grid; }
    // A form sets its own widgets from the state under this; their signals are not the user's.
    template <class Set>
    void showing(Set set) {
        m_isShowing = true;
        set();
        m_isShowing = false;
    }
    void emitEdited() {
        if (!m_isShowing)
            Q_EMIT edited();
    }
    virtual void reveal(const QString& field) { (void)field; } // opens a folded part that holds the field

private:
    FormGrid* m_grid;
    bool m_isShowing = false;
};

}
