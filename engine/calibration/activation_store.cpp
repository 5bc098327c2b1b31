#include "engine/calibration/activation_store.h"

#include "engine/core/disk.h"

#include <cerrno>
#include <fstream>

namespace vlmptq::calibration {
namespace {

constexpr const char* kOtherRemedy = "raise the memory budget (--activation-budget) or use fewer samples";

}

ActivationStore::ActivationStore(std::size_t samples, std::uint64_t budgetBytes,
                                 std::filesystem::path scratch)
    : m_entries(samples * kSlots), m_budget(budgetBytes), m_scratch(std::move(scratch)) {
    std::filesystem::remove_all(m_scratch); // what a killed run left
}

ActivationStore::~ActivationStore() {
    std::error_code ignored; // a scratch folder left behind costs disk, not results
    std::filesystem::remove_all(m_scratch, ignored);
}

std::filesystem::path ActivationStore::file(std::size_t sample, Slot slot) const {
    return m_scratch / (std::to_string(sample) + "-" + std::to_string(static_cast<int>(slot)) + ".bin");
}

void ActivationStore::spill(const std::filesystem::path& target, const char* data,
                            std::uint64_t bytes) const {
    std::error_code failure;
    std::filesystem::create_directories(m_scratch, failure);
    if (failure)
        throw writeError(m_scratch, failure.value(), bytes, kOtherRemedy);
    errno = 0; // of the write behind the stream, which itself only says that it failed
    std::ofstream out(target, std::ios::binary | std::ios::trunc);
    out.write(data, static_cast<std::streamsize>(bytes));
    out.close();
    if (!out)
        throw writeError(target, errno != 0 ? errno : EIO, bytes, kOtherRemedy);
}

void ActivationStore::put(std::size_t sample, Slot slot, at::Tensor value) {
    Entry& e = entry(sample, slot);
    const std::uint64_t bytes = value.defined() ? value.nbytes() : 0;
    bool fits = false;
    {
        std::scoped_lock lock(m_mutex);
        (e.isSpilled ? m_spilled : m_memory) -= e.bytes;
        fits = m_memory + bytes <= m_budget;
        (fits ? m_memory : m_spilled) += bytes;
    }
    if (fits) {
        if (e.isSpilled)
            std::filesystem::remove(file(sample, slot));
        e = {.tensor = std::move(value), .bytes = bytes};
        return;
    }
    const auto contiguous = value.to(at::kCPU).contiguous();
    spill(file(sample, slot), static_cast<const char*>(contiguous.data_ptr()), bytes);
    e = {.shape = contiguous.sizes().vec(),
         .dtype = contiguous.scalar_type(),
         .device = value.device(),
         .bytes = bytes,
         .isSpilled = true};
}

at::Tensor ActivationStore::get(std::size_t sample, Slot slot) const {
    const Entry& e = entry(sample, slot);
    if (!e.isSpilled)
        return e.tensor;
    auto tensor = at::empty(e.shape, at::TensorOptions().dtype(e.dtype));
    std::ifstream in(file(sample, slot), std::ios::binary);
    in.read(static_cast<char*>(tensor.data_ptr()), static_cast<std::streamsize>(e.bytes));
    if (!in)
        throw Error(ErrorKind::NoResource, "E-CALIB-21",
                    "Activations could not be read back from " + file(sample, slot).string() + ".",
                    "Something removed the run's scratch folder; resume the run.");
    return tensor.to(e.device);
}

std::uint64_t ActivationStore::memoryBytes() const {
    std::scoped_lock lock(m_mutex);
    return m_memory;
}

std::uint64_t ActivationStore::spilledBytes() const {
    std::scoped_lock lock(m_mutex);
    return m_spilled;
}

}
