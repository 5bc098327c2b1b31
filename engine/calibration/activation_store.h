// activation_store.h - the activations of all samples between two steps: in memory while they fit the stated
// budget, the rest in files of a scratch folder that is removed at the end. Values come back bit for bit.
// Thread-safe per slot: two threads may work on different samples at once.
#pragma once
#include <ATen/ATen.h>

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <vector>

namespace vlmptq::calibration {

// One slot per kind of activation a sample carries.
enum class Slot { FullHidden, QuantizedHidden, FullInput, QuantizedInput };
inline constexpr int kSlots = 4;

class ActivationStore {
public:
    ActivationStore(std::size_t samples, std::uint64_t budgetBytes, std::filesystem::path scratch);
    ~ActivationStore();
    void put(std::size_t sample, Slot, at::Tensor);
    at::Tensor get(std::size_t sample, Slot) const;
    std::uint64_t memoryBytes() const;
    std::uint64_t spilledBytes() const;

private:
    struct Entry {
        at::Tensor tensor;               // undefined when on disk or empty
        std::vector<std::int64_t> shape; // of what is on disk
        at::ScalarType dtype = at::kFloat;
        at::Device device = at::kCPU; // where it came from and goes back to
        std::uint64_t bytes = 0;
        bool isSpilled = false;
    };
    Entry& entry(std::size_t sample, Slot slot) {
        return m_entries[sample * kSlots + static_cast<std::size_t>(slot)];
    }
    const Entry& entry(std::size_t sample, Slot slot) const {
        return m_entries[sample * kSlots + static_cast<std::size_t>(slot)];
    }
    std::filesystem::path file(std::size_t sample, Slot) const;
    void spill(const std::filesystem::path& target, const char* data, std::uint64_t bytes) const;

    std::vector<Entry> m_entries;
    std::uint64_t m_budget;
    std::filesystem::path m_scratch;
    mutable std::mutex m_mutex; // guards the two counters
    std::uint64_t m_memory = 0, m_spilled = 0;
};

}
