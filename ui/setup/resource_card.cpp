#include "ui/setup/resource_card.h"

#include "ui/qt_text.h"

#include <QFormLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <fstream>

namespace vlmptq::ui {

MachineResources readResources(const std::filesystem::path& database) {
    MachineResources resources;
    std::error_code error;
    auto folder = database.parent_path();
    while (!folder.empty() && !std::filesystem::exists(folder, error) && folder != folder.parent_path())
        folder = folder.parent_path();
    if (const auto space = std::filesystem::space(folder, error); !error)
        resources.freeDiskBytes = space.available;
    std::ifstream file("/proc/meminfo"); // kB
    std::string name, unit;
    for (std::uint64_t kilobytes = 0; file >> name >> kilobytes; std::getline(file, unit)) {
        if (name == "MemTotal:")
            resources.totalMemoryBytes = kilobytes * 1024;
        if (name == "MemAvailable:")
            resources.freeMemoryBytes = kilobytes * 1024;
    }
    return resources;
}

ResourceCard::ResourceCard(QWidget* parent)
    : Card(tr("This machine"), parent), m_disk(new QLabel(this)), m_memory(new QLabel(this)),
      m_size(new QLabel(this)), m_device(new QLabel(this)) {
    auto* form = new QFormLayout;
    form->setRowWrapPolicy(QFormLayout::WrapLongRows);
    for (QLabel* label : {m_disk, m_memory, m_size, m_device})
        label->setWordWrap(true);
    form->addRow(tr("Device"), m_device);
    form->addRow(tr("Memory"), m_memory);
    form->addRow(tr("Disk"), m_disk);
    form->addRow(tr("Result"), m_size);
    content()->addLayout(form);
}

void ResourceCard::show(const SetupState& state, const SetupFacts& facts) {
    m_disk->setText(facts.freeDiskBytes > 0 ? tr("%1 free").arg(bytesText(facts.freeDiskBytes))
                                            : tr("not known"));
    m_memory->setText(
        facts.freeMemoryBytes > 0
            ? tr("%1 of %2 free").arg(bytesText(facts.freeMemoryBytes), bytesText(facts.totalMemoryBytes))
            : tr("not known"));
    if (facts.engine && !facts.engine->devices.empty())
        m_device->setText(text(facts.engine->devices.back().description));
    else
        m_device->setText(tr("the engine is being opened…"));
    m_size->setText(facts.model ? tr("about %1 per run on the disk, of a model of %2")
                                      .arg(bytesText(estimatedRunBytes(*facts.model, state.config.quant)),
                                           bytesText(facts.model->bytes))
                                : tr("known once a model is chosen"));
}

}
