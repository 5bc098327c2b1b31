// choice_row.h - labelled drop-down lists in a line that wraps: what a plot shows. Each list is known by its
// name, which is also where its choice is remembered.
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
    QComboBox* add(const QString& name, const QString& label, const std::vector<Choice>&);
    void setChoices(const QString& name,
                    const std::vector<Choice>&); // keeps the value where it is still there
    QVariant value(const QString& name) const;
    void setRowEnabled(const QString& name, bool);

Q_SIGNALS:
    void chosen();

private:
    Context m_context;
    QString m_prefix;
    QHash<QString, QComboBox*> m_boxes;
};

}
