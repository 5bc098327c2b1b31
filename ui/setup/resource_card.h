// resource_card.h - what the machine has: free disk at the run database, free memory, and the size that will
// come out.
#pragma once
#include "ui/setup/setup_state.h"
#include "ui/widgets/card.h"

class QLabel;

namespace vlmptq::ui {

struct MachineResources {
    std::uint64_t freeDiskBytes = 0, freeMemoryBytes = 0, totalMemoryBytes = 0;
};
MachineResources readResources(const std::filesystem::path& database); // 0: not known here

class ResourceCard : public Card {
    Q_OBJECT
public:
    explicit ResourceCard(QWidget* parent = nullptr);
    void show(const SetupState&, const SetupFacts&);

private:
    QLabel *m_disk, *m_memory, *m_size, *m_device;
};

}
