#include "ui/welcome_page.h"

#include "ui/jobs/job_center.h"
#include "ui/qt_text.h"
#include "ui/settings/settings.h"
#include "ui/theme/icons.h"
#include "ui/widgets/flow_layout.h"

#include <QDir>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace vlmptq::ui {

WelcomePage::WelcomePage(const Context& context, const JobCenter* jobs, QWidget* parent)
    : QWidget(parent), m_context(context), m_jobs(jobs), m_device(new QLabel(this)) {
    setObjectName(QStringLiteral("welcomePage"));
    auto* title = new QLabel(tr("Quantize a vision-language model"), this);
    title->setObjectName(QStringLiteral("welcomeTitle"));
    title->setAlignment(Qt::AlignCenter);
    title->setWordWrap(true);
    auto* lead = new QLabel(
        tr("Fewer bits per weight, the answers kept: choose a model, see layer by layer what each method "
           "costs, score it on benchmarks, keep the checkpoint."),
        this);
    lead->setProperty("muted", true);
    lead->setAlignment(Qt::AlignCenter);
    lead->setWordWrap(true);

    auto* demo = new QPushButton(icon(Glyph::Play, Ink::OnAccent), tr("Try the built-in &demo"), this);
    demo->setObjectName(QStringLiteral("tryDemo"));
    demo->setProperty("primary", true);
    demo->setToolTip(tr("Four methods on a small trained model; a few minutes on a laptop"));
    auto* model = new QPushButton(icon(Glyph::Folder), tr("Open a &model folder…"), this);
    model->setObjectName(QStringLiteral("openModel"));
    auto* database = new QPushButton(icon(Glyph::Database), tr("Open a &run database…"), this);
    database->setObjectName(QStringLiteral("openDatabase"));
    auto* buttons = new QHBoxLayout;
    buttons->addStretch();
    for (QPushButton* button : {model, demo, database})
        buttons->addWidget(button);
    buttons->addStretch();
    m_device->setObjectName(QStringLiteral("welcomeDevice"));
    m_device->setProperty("muted", true);
    m_device->setAlignment(Qt::AlignCenter);
    m_device->setWordWrap(true);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(32, 24, 32, 24);
    column->setSpacing(14);
    column->addStretch(2);
    column->addWidget(title);
    column->addWidget(lead); // over the whole width: an aligned label would be as narrow as its hint
    column->addSpacing(6);
    column->addLayout(buttons);
    showRecent(column);
    column->addStretch(3);
    column->addWidget(m_device);
    const auto enlarge = [title] {
        QFont font = title->parentWidget()->font();
        font.setPointSizeF(font.pointSizeF() * 1.7);
        font.setWeight(QFont::DemiBold);
        title->setFont(font);
    };
    enlarge();
    connect(context.theme, &Theme::changed, title, enlarge);
    connect(demo, &QPushButton::clicked, this, &WelcomePage::demoRequested);
    connect(model, &QPushButton::clicked, this, &WelcomePage::openModelRequested);
    connect(database, &QPushButton::clicked, this, &WelcomePage::openDatabaseRequested);
    connect(jobs, &JobCenter::engineChanged, this, &WelcomePage::showDevice);
    showDevice();
}

void WelcomePage::showRecent(QVBoxLayout* column) {
    const QStringList recent = m_context.settings->recentModels();
    if (recent.isEmpty())
        return;
    auto* row = new QHBoxLayout;
    row->addStretch();
    row->addWidget(new QLabel(tr("Recent:"), this));
    for (const QString& folder : recent.mid(0, 4)) {
        auto* button = new QPushButton(QDir(folder).dirName(), this);
        button->setFlat(true);
        button->setToolTip(folder);
        connect(button, &QPushButton::clicked, this, [this, folder] { Q_EMIT recentModelChosen(folder); });
        row->addWidget(button);
    }
    row->addStretch();
    column->addLayout(row);
}

void WelcomePage::showDevice() {
    const auto& engine = m_jobs->engine();
    if (!engine || engine->devices.empty()) {
        m_device->setText(tr("Opening the engine…"));
        return;
    }
    QString shown = tr("Device: %1")
                        .arg(text(engine->devices.back().name) + QStringLiteral(" \u00b7 ") +
                             text(engine->devices.back().description));
    if (!engine->whyNoCuda.empty())
        shown += QLatin1Char('\n') + tr("No GPU: %1").arg(text(engine->whyNoCuda));
    m_device->setText(shown);
}

}
