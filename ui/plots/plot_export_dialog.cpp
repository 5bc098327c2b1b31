#include "ui/plots/plot_export_dialog.h"

#include "ui/plots/plot_view.h"
#include "ui/problem.h"
#include "ui/widgets/severity.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>

namespace vlmptq::ui {

PlotExportDialog::PlotExportDialog(PlotView* view, const QString& fileName)
    : QDialog(view->window()), m_view(view), m_fileName(fileName), m_format(new QComboBox(this)),
      m_width(new QDoubleSpinBox(this)), m_height(new QDoubleSpinBox(this)), m_scale(new QSpinBox(this)),
      m_screenColors(new QCheckBox(tr("Colours as on the &screen"), this)), m_message(new QLabel(this)) {
    setObjectName(QStringLiteral("plotExport"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Export plot"));
    m_format->setObjectName(QStringLiteral("format"));
    for (const auto& [name, format] : {std::pair(tr("PNG picture"), PlotFormat::Png),
                                       {tr("PDF"), PlotFormat::Pdf},
                                       {tr("SVG"), PlotFormat::Svg},
                                       {tr("CSV, the numbers"), PlotFormat::Csv}})
        m_format->addItem(name, int(format));
    const QSizeF usual = PlotExport().millimetres;
    for (const auto& [box, value] : {std::pair(m_width, usual.width()), {m_height, usual.height()}}) {
        box->setRange(30, 600);
        box->setDecimals(0);
        //: millimetres
        box->setSuffix(tr(" mm"));
        box->setValue(value);
    }
    m_scale->setRange(1, 4);
    m_scale->setValue(2);
    m_scale->setSuffix(QStringLiteral(" ×"));
    m_message->setWordWrap(true);
    m_message->setObjectName(QStringLiteral("message"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    auto* save = buttons->addButton(tr("&Export…"), QDialogButtonBox::AcceptRole);
    save->setObjectName(QStringLiteral("export"));
    auto* form = new QFormLayout(this);
    form->addRow(tr("&Format"), m_format);
    form->addRow(tr("&Width"), m_width);
    form->addRow(tr("&Height"), m_height);
    form->addRow(tr("S&cale"), m_scale);
    form->addRow(m_screenColors);
    form->addRow(m_message);
    form->addRow(buttons);
    connect(m_format, &QComboBox::currentIndexChanged, this, &PlotExportDialog::showState);
    connect(buttons, &QDialogButtonBox::accepted, this, &PlotExportDialog::chooseFile);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    showState();
}

PlotExport PlotExportDialog::choice() const {
    return {.format = PlotFormat(m_format->currentData().toInt()),
            .millimetres = {m_width->value(), m_height->value()},
            .scale = double(m_scale->value())};
}

void PlotExportDialog::showState() {
    const PlotFormat format = choice().format;
    for (QWidget* box : std::initializer_list<QWidget*>{m_width, m_height, m_screenColors})
        box->setEnabled(format != PlotFormat::Csv);
    m_scale->setEnabled(format == PlotFormat::Png);
    m_message->hide();
}

void PlotExportDialog::chooseFile() {
    const QString suffix = suffixOf(choice().format);
    auto* dialog = new QFileDialog(this, tr("Export plot"), QDir::homePath(),
                                   QStringLiteral("%1 (*.%2)").arg(suffix.toUpper(), suffix));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("plotFile"));
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(suffix);
    dialog->selectFile(m_fileName + QLatin1Char('.') + suffix);
    connect(dialog, &QFileDialog::fileSelected, this, &PlotExportDialog::write);
    dialog->open();
}

void PlotExportDialog::write(const QString& file) {
    try {
        m_view->exportTo(file, choice(), m_screenColors->isChecked());
        accept();
    } catch (const Error& error) {
        m_message->setText(Problem::from(error).message());
        setSeverity(m_message, Severity::Error);
        m_message->show();
    }
}

}
