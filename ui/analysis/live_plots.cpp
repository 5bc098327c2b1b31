#include "ui/analysis/live_plots.h"

#include "ui/jobs/job_center.h"
#include "ui/plots/layer_error_plot.h"
#include "ui/plots/mu_plot.h"
#include "ui/plots/plot_view.h"
#include "ui/qt_text.h"
#include "ui/selection.h"
#include "ui/store_reader.h"

#include <algorithm>

namespace vlmptq::ui {
namespace {
constexpr int kGatherMilliseconds = 100;
}

LivePlots::LivePlots(const Context& context, JobCenter* jobs, QWidget* parent)
    : QObject(parent), m_context(context), m_jobs(jobs),
      m_error(new PlotView(context, QStringLiteral("liveErrorPlot"), parent)),
      m_curve(new PlotView(context, QStringLiteral("liveMuPlot"), parent)) {
    m_timer.setSingleShot(true);
    m_timer.setInterval(kGatherMilliseconds);
    connect(&m_timer, &QTimer::timeout, this, &LivePlots::show);
    connect(jobs, &JobCenter::started, this, &LivePlots::onStarted);
    connect(jobs, &JobCenter::eventArrived, this, &LivePlots::onEvent);
    connect(m_error, &PlotView::keyChosen, context.selection, &Selection::setModule);
    show();
}

void LivePlots::onStarted() {
    const auto run = m_jobs->run();
    if (!run || !std::holds_alternative<QuantizeJob>(*m_jobs->current()))
        return; // an evaluation leaves the plots as they are
    m_results = {};
    m_results.run.id = *run;
    m_search = {};
    show();
    m_context.reader->request(
        this, QStringLiteral("live run"),
        [id = *run](store::RunStore& store) {
            RunResults results;
            if (const auto record = store.run(id))
                results.run = *record;
            results.layers = store.layers(id);
            return results;
        },
        [this](RunResults before) {
            if (before.run.id != m_results.run.id)
                return;
            std::swap(before, m_results);
            m_results.title = methodTitle(m_results.run.method);
            for (const LayerResult& layer : before.layers) // came in while the database was read
                for (const ModuleResult& module : layer.modules)
                    add(module);
            m_timer.start();
        });
}

void LivePlots::add(const ModuleResult& module) {
    auto layer = std::ranges::find(m_results.layers, module.layer, &LayerResult::layer);
    if (layer == m_results.layers.end()) {
        m_results.layers.push_back({});
        layer = std::prev(m_results.layers.end());
        layer->layer = module.layer;
    }
    const auto known = std::ranges::find(layer->modules, module.index, &ModuleResult::index);
    if (known == layer->modules.end())
        layer->modules.push_back(module);
    else
        *known = module;
}

void LivePlots::onEvent(const Event& event) {
    if (const auto* finished = std::get_if<event::ModuleFinished>(&event)) {
        add(finished->result);
    } else if (const auto* tried = std::get_if<event::MuTried>(&event)) {
        if (m_search.index != tried->index || m_search.name != tried->module)
            m_search = {.index = tried->index, .name = tried->module};
        m_search.muCurve.push_back(tried->point);
    } else {
        return;
    }
    if (!m_timer.isActive())
        m_timer.start();
}

void LivePlots::show() {
    PlotData errors = layerErrorPlot(std::span(&m_results, 1), {});
    errors.title = tr("Held-out error so far");
    errors.emptySentence = tr("Points appear as modules are finished.");
    m_error->setData(std::move(errors));
    PlotData curve = muCurvePlot(m_search, {}, styleOf(m_results));
    if (m_search.name.empty()) {
        curve.title = tr("μ search of the current module");
        curve.emptySentence = tr("The curve appears while μ is searched.");
    }
    m_curve->setData(std::move(curve));
    // A method that searches no μ leaves the room to the errors.
    const bool hasSearch = !m_search.name.empty() || m_results.run.id == 0 ||
                           m_results.run.config.quant.effectiveRanges() == Ranges::Modality;
    m_curve->setVisible(hasSearch);
}

}
