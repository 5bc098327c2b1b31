// form_grid.h - labelled fields with a message line under each: rules are shown where they are broken, as
// typed (interface.md 4). Fields are known by the names of ConfigIssue ("quant.weightBits").
#pragma once
#include "ui/problem.h"

#include <QHash>
#include <QWidget>

class QGridLayout;
class QLabel;

namespace vlmptq::ui {

class FormGrid : public QWidget {
    Q_OBJECT
public:
    explicit FormGrid(QWidget* parent = nullptr);

    // `label` becomes the editor's buddy, `field` its objectName. Takes ownership of the editor.
    void addRow(const QString& field, const QString& label, QWidget* editor, const QString& toolTip = {});
    // The same, on the line of the row before: for two short fields that belong together.
    void addBeside(const QString& field, const QString& label, QWidget* editor, const QString& toolTip = {});
    void addWide(QWidget*); // a row without label

    bool hasField(const QString& field) const { return m_rows.contains(field); }
    void setMessage(const QString& field, Severity, const QString& sentence);
    void clearMessages();
    bool focusField(const QString& field);
    void setFieldVisible(const QString& field, bool);

private:
    struct Row {
        QLabel* label;
        QWidget* editor;
        QLabel* message;
    };
    QLabel* addField(const QString& field, const QString& label, QWidget* editor, const QString& toolTip);
    QGridLayout* m_grid;
    int m_lastRow = 0;
    QHash<QString, Row> m_rows;
};

}
