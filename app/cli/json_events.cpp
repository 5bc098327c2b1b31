#include "app/cli/json_events.h"

#include "app/cli/overloaded.h"
#include "app/cli/record_json.h"

using Json = nlohmann::ordered_json;

namespace vlmptq::cli {
namespace {

constexpr std::chrono::milliseconds kProgressPeriod{250};

}

void JsonEvents::send(const char* event, Json fields) {
    Json line{{"event", event}, {"schema", kSchema}};
    if (m_run)
        line["run"] = *m_run;
    line.update(fields);
    m_console.printJson(line);
}

void JsonEvents::onEvent(const Event& event) {
    std::visit(Overloaded{
                   [&](const event::Started& e) {
                       send("started", {{"layers", e.layers},
                                        {"first_layer", e.firstLayer},
                                        {"modules", e.modules.size()},
                                        {"device", e.device},
                                        {"fingerprint", e.fingerprint}});
                   },
                   [&](const event::StageChanged& e) {
                       send("stage", {{"stage", toString(e.stage)}});
                   },
                   [&](const event::Progress& e) {
                       const auto now = std::chrono::steady_clock::now();
                       if (now - m_lastProgress < kProgressPeriod && e.done < e.total)
                           return;
                       m_lastProgress = now;
                       send("progress", {{"stage", toString(e.stage)},
                                         {"done", e.done},
                                         {"total", e.total},
                                         {"detail", e.detail}});
                   },
                   [&](const event::ModuleFinished& e) { send("module", toJson(e.result)); },
                   [&](const event::LayerFinished& e) { send("layer", toJson(e.result)); },
                   [&](const event::ItemFinished& e) {
                       send("item", {{"done", e.done}, {"total", e.total}, {"item", itemExport(e.item)}});
                   },
                   [&](const event::BenchmarkFinished& e) { send("benchmark", toJson(e.score)); },
                   [&](const event::Warning& e) {
                       send("warning", {{"code", e.code}, {"where", e.where}, {"text", e.text}});
                   },
                   [](const auto&) {}, // single modules, candidates and memory would drown the rest
               },
               event);
}

}
