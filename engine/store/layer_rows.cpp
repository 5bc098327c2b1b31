// The results of the decoder layers and their modules.
#include "engine/store/row.h"
#include "engine/store/sqlite_run_store.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>

namespace vlmptq::store {
namespace {

using nlohmann::json;

constexpr const char* kModuleColumns = "module, layer, name, kind, output_channels, input_channels, bits, "
                                       "group_size, calibration_all, calibration_vision, "
                                       "calibration_text, calibration_answer, heldout_all, heldout_vision, "
                                       "heldout_text, heldout_answer, weight_error, "
                                       "awareness, vision_magnitude, text_magnitude, vision_tokens, "
                                       "text_tokens, correction_max, damp_used, damp_retries, "
                                       "saturated_share, fell_back_to_rtn, reconstruction_loss, "
                                       "capture_seconds, mu_search_seconds, solve_seconds, "
                                       "pack_seconds, memory, peak_bytes";
constexpr const char* kLayerColumns = "layer, calibration_all, calibration_vision, calibration_text, "
                                      "calibration_answer, heldout_all, heldout_vision, "
                                      "heldout_text, heldout_answer, difference_all, difference_all_low, "
                                      "difference_all_high, difference_vision, "
                                      "difference_vision_low, difference_vision_high, difference_text, "
                                      "difference_text_low, difference_text_high, seconds";

struct Blob {
    const char* name;
    std::vector<float> ModuleResult::*values;
};
constexpr std::array<Blob, 4> kBlobs{{{"correction", &ModuleResult::correction},
                                      {"extra_loss", &ModuleResult::extraLoss},
                                      {"channel_vision", &ModuleResult::channelVision},
                                      {"channel_text", &ModuleResult::channelText}}};

std::string insertSql(const std::string& table, const std::string& columns) {
    const auto count = 1 + std::count(columns.begin(), columns.end(), ',');
    return "INSERT INTO " + table + " (" + columns + ") VALUES (" + places(1, static_cast<int>(count)) + ")";
}

std::string memoryText(const std::vector<MatrixMemory>& memory) {
    auto list = json::array();
    for (const auto& matrix : memory)
        list.push_back(
            {{"name", matrix.name}, {"formula", matrix.formulaBytes}, {"measured", matrix.measuredBytes}});
    return list.dump();
}

std::vector<MatrixMemory> memoryOf(const std::string& text) {
    std::vector<MatrixMemory> memory;
    const auto list = json::parse(text, nullptr, false);
    if (!list.is_array())
        return memory;
    for (const auto& entry : list)
        if (entry.is_object())
            memory.push_back({entry.value("name", ""), entry.value("formula", std::uint64_t(0)),
                              entry.value("measured", std::uint64_t(0))});
    return memory;
}

ModuleResult readModule(RowReader& row) {
    ModuleResult m;
    std::string memory;
    row >> m.index >> m.layer >> m.name >> m.kind >> m.rows >> m.columns >> m.bits >> m.groupSize >>
        m.calibrationError >> m.heldoutError >> m.weightError >> m.awareness >> m.visionMagnitude >>
        m.textMagnitude >> m.visionTokens >> m.textTokens >> m.correctionMax >> m.dampUsed >> m.dampRetries >>
        m.saturatedShare >> m.fellBackToRtn >> m.reconstructionLoss >> m.captureSeconds >>
        m.muSearchSeconds >> m.solveSeconds >> m.packSeconds >> memory >> m.peakBytes;
    m.memory = memoryOf(memory);
    return m;
}

MuPoint readMuPoint(RowReader& row) {
    MuPoint point;
    row >> point.mu >> point.loss >> point.relative >> point.isCandidate;
    return point;
}

std::vector<float> floatsOf(std::span<const std::byte> bytes) {
    std::vector<float> values(bytes.size() / sizeof(float));
    if (!values.empty())
        std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
    return values;
}

}

void SqliteRunStore::saveModule(RunId run, const ModuleResult& m) {
    Statement insert(m_connection, insertSql("module_result", "run, " + std::string(kModuleColumns)));
    RowWriter(insert) << run << m.index << m.layer << m.name << m.kind << m.rows << m.columns << m.bits
                      << m.groupSize << m.calibrationError << m.heldoutError << m.weightError << m.awareness
                      << m.visionMagnitude << m.textMagnitude << m.visionTokens << m.textTokens
                      << m.correctionMax << m.dampUsed << m.dampRetries << m.saturatedShare << m.fellBackToRtn
                      << m.reconstructionLoss << m.captureSeconds << m.muSearchSeconds << m.solveSeconds
                      << m.packSeconds << memoryText(m.memory) << m.peakBytes;
    insert.run();
    const auto id = m_connection.lastInsertId();
    Statement addPoint(m_connection,
                       insertSql("mu_point", "module_result, position, mu, loss, relative, is_candidate"));
    for (int i = 0; const auto& point : m.muCurve) {
        RowWriter(addPoint) << id << i++ << point.mu << point.loss << point.relative << point.isCandidate;
        addPoint.run();
    }
    Statement addBlob(m_connection, insertSql("module_blob", "module_result, name, data"));
    for (const auto& [name, values] : kBlobs)
        if (!(m.*values).empty())
            addBlob.bind(id, name, std::as_bytes(std::span(m.*values))).run();
}

void SqliteRunStore::saveLayer(RunId run, const LayerResult& layer) {
    requireWritable();
    Transaction transaction(m_connection);
    deleteLayers(run, "layer = ?2", layer.layer);
    for (const auto& module : layer.modules)
        saveModule(run, module);
    Statement insert(m_connection, insertSql("layer_result", "run, " + std::string(kLayerColumns)));
    RowWriter(insert) << run << layer.layer << layer.hiddenCalibrationError << layer.hiddenHeldoutError
                      << layer.meanAbsAll << layer.meanAbsVision << layer.meanAbsText << layer.seconds;
    insert.run();
    Statement(m_connection, "UPDATE run SET layers_done = ?2 WHERE id = ?1").bind(run, layer.layer + 1).run();
    requireRow(run);
    transaction.commit();
}

void SqliteRunStore::deleteLayers(RunId run, const char* condition, int layer) {
    for (const char* table : {"module_result", "layer_result"})
        Statement(m_connection, "DELETE FROM " + std::string(table) + " WHERE run = ?1 AND " + condition)
            .bind(run, layer)
            .run();
}

void SqliteRunStore::dropLayersFrom(RunId run, int layer) {
    requireWritable();
    Transaction transaction(m_connection);
    deleteLayers(run, "layer >= ?2", layer);
    Statement(m_connection, "DELETE FROM run_summary WHERE run = ?1").bind(run).run();
    Statement(m_connection, "UPDATE run SET layers_done = min(layers_done, ?2) WHERE id = ?1")
        .bind(run, layer)
        .run();
    transaction.commit();
}

std::vector<LayerResult> SqliteRunStore::layers(RunId run, int fromLayer) {
    ReadSnapshot snapshot(m_connection);
    std::vector<LayerResult> layers;
    Statement select(m_connection, "SELECT " + std::string(kLayerColumns) +
                                       " FROM layer_result WHERE run = ?1 AND layer >= ?2 ORDER BY layer");
    select.bind(run, fromLayer);
    while (select.step()) {
        LayerResult layer;
        RowReader(select) >> layer.layer >> layer.hiddenCalibrationError >> layer.hiddenHeldoutError >>
            layer.meanAbsAll >> layer.meanAbsVision >> layer.meanAbsText >> layer.seconds;
        layers.push_back(std::move(layer));
    }
    addModules(run, fromLayer, layers);
    return layers;
}

void SqliteRunStore::addModules(RunId run, int fromLayer, std::vector<LayerResult>& layers) {
    std::map<std::int64_t, std::vector<MuPoint>> curves; // by row of module_result
    Statement points(m_connection,
                     "SELECT module_result, mu, loss, relative, is_candidate FROM module_result AS m JOIN "
                     "mu_point ON module_result = m.id WHERE run = ?1 AND layer >= ?2 ORDER BY "
                     "module_result, position");
    points.bind(run, fromLayer);
    while (points.step()) {
        RowReader row(points);
        std::int64_t id = 0;
        row >> id;
        curves[id].push_back(readMuPoint(row));
    }
    std::map<int, LayerResult*> byLayer;
    for (auto& layer : layers)
        byLayer[layer.layer] = &layer;
    Statement select(m_connection, "SELECT id, " + std::string(kModuleColumns) +
                                       " FROM module_result WHERE run = ?1 AND layer >= ?2 ORDER BY module");
    select.bind(run, fromLayer);
    while (select.step()) {
        RowReader row(select);
        std::int64_t id = 0;
        row >> id;
        auto module = readModule(row);
        if (const auto curve = curves.find(id); curve != curves.end())
            module.muCurve = std::move(curve->second);
        if (const auto layer = byLayer.find(module.layer); layer != byLayer.end())
            layer->second->modules.push_back(std::move(module));
    }
}

std::optional<ModuleResult> SqliteRunStore::module(RunId run, int index) {
    ReadSnapshot snapshot(m_connection);
    Statement select(m_connection, "SELECT id, " + std::string(kModuleColumns) +
                                       " FROM module_result WHERE run = ?1 AND module = ?2");
    if (!select.bind(run, index).step())
        return std::nullopt;
    RowReader row(select);
    std::int64_t id = 0;
    row >> id;
    auto module = readModule(row);
    Statement points(
        m_connection,
        "SELECT mu, loss, relative, is_candidate FROM mu_point WHERE module_result = ?1 ORDER BY position");
    points.bind(id);
    while (points.step()) {
        RowReader point(points);
        module.muCurve.push_back(readMuPoint(point));
    }
    Statement blobs(m_connection, "SELECT name, data FROM module_blob WHERE module_result = ?1");
    blobs.bind(id);
    while (blobs.step())
        for (const auto& [name, values] : kBlobs)
            if (blobs.text(0) == name)
                module.*values = floatsOf(blobs.bytes(1));
    return module;
}

}
