// choice_row.h - drop-down lists in a line that wraps: what a plot shows. Their items say what they are about
// ("all tokens"); each list is known by its name, which is also where its choice is remembered.
#pragma once
#include "ui/context.h"

#include <QComboBox>
#include <QHash>
#include <QWidget>

namespace vlmptq::ui {

class ChoiceRow : public QWidget {
    Q_OBJECT
public:
    // `prefix` of the remembered choices ("layers/").
    ChoiceRow(const Context&, const QString& prefix, QWidget* parent = nullptr);

    struct Choice {
        QString text;
        QVariant value;
    };
    void add(const QString& name, const QString& spokenName, const std::vector<Choice>&);
    void setChoices(const QString& name,
                    const std::vector<Choice>&); // keeps the value where it is still there
    QVariant value(const QString& name) const;
    void setChoiceEnabled(const QString& name, bool);

Q_SIGNALS:
    void chosen();

private:
    Context m_context;
    QString m_prefix;
    QHash<QString, QComboBox*> m_boxes;
};

}
