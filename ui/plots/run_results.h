// run_results.h - what the plots of Layers and Modalities are made from: the shown runs with their finished
// layers, and the small things all of those plots need. Plain values, pure functions.
#pragma once
#include "engine/store/run_store.h"
#include "ui/plots/plot_data.h"
#include "ui/selection.h"

#include <span>

namespace vlmptq::ui {

struct RunResults {
    store::RunRecord run;
    std::vector<LayerResult> layers;
    QString title;   // as in legends; unique among the shown runs (nameRuns)
    int variant = 0; // how many shown runs before it have the same method
};

// Sets title and variant: "GPTQ", "GPTQ W2A16" where methods repeat, "GPTQ W2A16 (run 7)" where that repeats
// too.
void nameRuns(std::vector<RunResults>&);
StyleOf styleOf(const RunResults&);
QString metadataLine(const store::RunRecord&);       // id, name, fingerprint, settings
QString programLine();                               // "VLM-PTQ Studio 0.1.0"
QStringList metadataOf(std::span<const RunResults>); // a line per run, and the program

QString shortModuleName(const std::string& name);                          // "layers.3.mlp.down_proj"
bool isShown(const ModuleResult&, SeriesFilter, const QString& kind = {}); // empty kind: all
std::vector<const ModuleResult*> modulesOf(const RunResults&, SeriesFilter = SeriesFilter::All,
                                           const QString& kind = {});
QStringList kindsOf(std::span<const RunResults>); // in order of appearance

// x axis over modules in depth order: ticks where a layer begins, names for hover and table. `plot.series`
// come after.
void setModuleAxis(PlotData& plot, const std::vector<const ModuleResult*>& modules);

}
