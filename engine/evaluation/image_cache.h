// image_cache.h - projector outputs by picture. The vision tower is never quantized, so evaluating several
// runs of one model encodes each picture once. Bounded by bytes, least recently used goes first. Thread-safe.
#pragma once
#include <ATen/ATen.h>

#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

namespace vlmptq::evaluation {

class ImageCache {
public:
    explicit ImageCache(std::uint64_t capacityBytes) : m_capacity(capacityBytes) {}
    at::Tensor find(const std::string& key); // undefined when absent
    void insert(const std::string& key, const at::Tensor& rows);

private:
    using Order = std::list<std::pair<std::string, at::Tensor>>;
    std::mutex m_mutex;
    Order m_order; // most recent first
    std::unordered_map<std::string, Order::iterator> m_entries;
    std::uint64_t m_capacity, m_bytes = 0;
};

}
