// plot_export_dialog.h - what a plot is exported as: format, size in mm, scale of PNG, colours; then where
// to.
#pragma once
#include "ui/plots/plot_export.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QSpinBox;

namespace vlmptq::ui {

class PlotView;

class PlotExportDialog : public QDialog {
    Q_OBJECT
public:
    PlotExportDialog(PlotView*, const QString& fileName); // deletes itself when closed

private:
    PlotExport choice() const;
    void showState();
    void chooseFile();
    void write(const QString& file);

    PlotView* m_view;
    QString m_fileName;
    QComboBox* m_format;
    QDoubleSpinBox *m_width, *m_height;
    QSpinBox* m_scale;
    QCheckBox* m_screenColors;
    QLabel* m_message;
};

}
