#include "engine/evaluation/image_cache.h"

namespace vlmptq::evaluation {

at::Tensor ImageCache::find(const std::string& key) {
    std::scoped_lock lock(m_mutex);
    const auto found = m_entries.find(key);
    if (found == m_entries.end())
        return {};
    m_order.splice(m_order.begin(), m_order, found->second);
    return found->second->second;
}

void ImageCache::insert(const std::string& key, const at::Tensor& rows) {
    std::scoped_lock lock(m_mutex);
    if (m_entries.contains(key) || rows.nbytes() > m_capacity)
        return;
    m_order.emplace_front(key, rows);
    m_entries[key] = m_order.begin();
    m_bytes += rows.nbytes();
    while (m_bytes > m_capacity) {
        m_bytes -= m_order.back().second.nbytes();
        m_entries.erase(m_order.back().first);
        m_order.pop_back();
    }
}

}
