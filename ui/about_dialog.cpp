#include "ui/about_dialog.h"

#include "ui/qt_text.h"
#include "ui/theme/icons.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QTableWidget>
#include <QVBoxLayout>

namespace vlmptq::ui {
namespace {

struct Library {
    const char *name, *license, *use;
};

constexpr Library kLibraries[] = {
    {"Qt 6", "LGPL-3.0-only", QT_TRANSLATE_NOOP("vlmptq::ui::AboutDialog", "windows")},
    {"QCustomPlot 2", "GPL-3.0-or-later", QT_TRANSLATE_NOOP("vlmptq::ui::AboutDialog", "plots")},
    {"LibTorch", "BSD-3-Clause", QT_TRANSLATE_NOOP("vlmptq::ui::AboutDialog", "tensors")},
    {"SQLite", "Public domain", QT_TRANSLATE_NOOP("vlmptq::ui::AboutDialog", "run database")},
    {"nlohmann-json", "MIT", QT_TRANSLATE_NOOP("vlmptq::ui::AboutDialog", "JSON")},
    {"ICU", "Unicode-3.0", QT_TRANSLATE_NOOP("vlmptq::ui::AboutDialog", "text")},
    {"libpng", "libpng-2.0", QT_TRANSLATE_NOOP("vlmptq::ui::AboutDialog", "pictures")},
    {"libjpeg-turbo", "IJG, BSD-3-Clause", QT_TRANSLATE_NOOP("vlmptq::ui::AboutDialog", "pictures")},
    {"libwebp", "BSD-3-Clause", QT_TRANSLATE_NOOP("vlmptq::ui::AboutDialog", "pictures")},
};

QTableWidget* makeLibraryTable(QWidget* parent) {
    auto* table = new QTableWidget(int(std::size(kLibraries)), 3, parent);
    table->setAccessibleName(AboutDialog::tr("Libraries"));
    table->setHorizontalHeaderLabels(
        {AboutDialog::tr("Library"), AboutDialog::tr("Licence"), AboutDialog::tr("For")});
    table->verticalHeader()->hide();
    table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table->setShowGrid(false);
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    int row = 0;
    for (const Library& library : kLibraries) {
        table->setItem(row, 0, new QTableWidgetItem(QString::fromUtf8(library.name)));
        table->setItem(row, 1, new QTableWidgetItem(QString::fromUtf8(library.license)));
        table->setItem(row, 2, new QTableWidgetItem(AboutDialog::tr(library.use)));
        ++row;
    }
    table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    table->horizontalHeader()->setStretchLastSection(true);
    table->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    return table;
}

}

AboutDialog::AboutDialog(const std::optional<api::EngineInfo>& engine, QWidget* parent) : QDialog(parent) {
    setObjectName(QStringLiteral("aboutDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("About VLM-PTQ Studio"));
    auto* picture = new QLabel(this);
    const int side = 3 * fontMetrics().height();
    picture->setPixmap(applicationIcon().pixmap(QSize(side, side), devicePixelRatioF()));
    auto* name = new QLabel(tr("VLM-PTQ Studio %1").arg(QStringLiteral(VLMPTQ_VERSION)), this);
    name->setProperty("heading", true);
    auto* license = new QLabel(
        tr("Quantizes vision-language models after training.\n\n"
           "The sources are under the Apache-2.0 licence. Because of QCustomPlot, the Studio program is "
           "distributed under GPL-3.0-or-later; so is a binary package built with Debian's LibTorch, "
           "which brings a GPL build of FFmpeg. Nothing you open leaves this machine."),
        this);
    license->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(10);
    column->addWidget(picture);
    column->addWidget(name);
    column->addWidget(license);
    if (engine) {
        auto* versions =
            new QLabel(tr("Engine: LibTorch %1, %2, %3 kernels")
                           .arg(text(engine->torchVersion), text(engine->blas), text(engine->kernels)),
                       this);
        versions->setProperty("muted", true);
        versions->setWordWrap(true);
        column->addWidget(versions);
    }
    column->addWidget(makeLibraryTable(this), 1);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    column->addWidget(buttons);
    resize(fontMetrics().averageCharWidth() * 78, fontMetrics().height() * 32);
}

}
