#include "support/sample_runs.h"
#include "ui/plots/activation_plot.h"
#include "ui/plots/bench_plot.h"
#include "ui/plots/channel_plot.h"
#include "ui/plots/correction_plot.h"
#include "ui/plots/cost_plot.h"
#include "ui/plots/layer_error_plot.h"
#include "ui/plots/magnitude_plot.h"
#include "ui/plots/mu_plot.h"

#include <QtTest>

#include <algorithm>
#include <cmath>
#include <set>

using namespace vlmptq;
using namespace vlmptq::ui;

class LayerPlotsTest : public QObject {
    Q_OBJECT
    static std::vector<RunResults> runs(std::initializer_list<const char*> methods) {
        std::vector<RunResults> all;
        for (const char* method : methods)
            all.push_back({.run = test::sampleRecord(store::RunId(all.size() + 1), method),
                           .layers = test::sampleLayers(method),
                           .title = {}});
        nameRuns(all);
        return all;
    }
    static std::vector<BenchResults> scores() {
        std::vector<BenchResults> all(3);
        all[0].title = QStringLiteral("Full precision");
        all[0].scores = test::sampleScores(std::nullopt, "m", 0.7);
        all[0].bytes = 16'600'000'000;
        for (const store::RunId id : {1, 2}) {
            BenchResults& one = all[std::size_t(id)];
            one.run = test::sampleRecord(id, id == 1 ? "vlmptq" : "gptq");
            one.title = id == 1 ? QStringLiteral("VLM-PTQ") : QStringLiteral("GPTQ");
            one.scores = test::sampleScores(id, "m", id == 1 ? 0.65 : 0.6);
            one.bytes = 4'300'000'000;
        }
        return all;
    }

private Q_SLOTS:
    void errorsOfEveryModuleAreShown() {
        const auto all = runs({"vlmptq", "gptaq", "gptq", "rtn"});
        const PlotData plot = layerErrorPlot(all, {});
        QCOMPARE(plot.series.size(), std::size_t(4));
        for (std::size_t run = 0; run < all.size(); ++run) {
            const auto modules = modulesOf(all[run]);
            QCOMPARE(plot.series[run].y.size(), modules.size());
            for (std::size_t i = 0; i < modules.size(); ++i) {
                QCOMPARE(plot.series[run].y[i], *modules[i]->heldoutError.all);
                QCOMPARE(plot.series[run].keys[i], modules[i]->index);
            }
        }
        QCOMPARE(plot.x.ticks.size(), std::size_t(28)); // one per decoder layer
        QCOMPARE(plot.rowName(104), QStringLiteral("layers.14.mlp.down_proj"));
        QVERIFY2(plot.summary.contains(QStringLiteral("VLM-PTQ lowest in")), qPrintable(plot.summary));
    }

    void optionsChooseErrorTokensAndKind() {
        const auto all = runs({"vlmptq"});
        const PlotData plot = layerErrorPlot(
            all,
            {.error = ErrorOf::Calibration, .tokens = TokenSet::Vision, .kind = QStringLiteral("q_proj")});
        QCOMPARE(plot.series[0].y.size(), std::size_t(28));
        QCOMPARE(plot.series[0].y[3], *all[0].layers[3].modules[0].calibrationError.vision);
        const PlotData attention = layerErrorPlot(all, {.filter = SeriesFilter::Attention});
        QCOMPARE(attention.series[0].y.size(), std::size_t(4 * 28));
    }

    void sortingPutsTheLargestErrorFirst() {
        const PlotData plot = layerErrorPlot(runs({"vlmptq", "gptq"}), {.isSorted = true});
        QVERIFY(std::ranges::is_sorted(plot.series[0].y, std::greater()));
        QVERIFY(std::ranges::is_sorted(plot.series[1].x));
    }

    void sumsAddTheModulesOfALayer() {
        const auto all = runs({"gptaq"});
        const PlotData plot = layerErrorPlot(all, {.sumsLayers = true});
        double sum = 0;
        for (const ModuleResult& module : all[0].layers[5].modules)
            sum += *module.heldoutError.all;
        QCOMPARE(plot.series[0].y[5], sum);
    }

    void theBaselineIsItsOwnZero() {
        const auto all = runs({"vlmptq", "gptaq"});
        const PlotData plot = layerErrorPlot(all, {.baseline = all[1].run.id});
        QVERIFY(std::ranges::all_of(plot.series[1].y, [](double y) { return y == 0; }));
        const double own = *all[0].layers[0].modules[0].heldoutError.all;
        const double other = *all[1].layers[0].modules[0].heldoutError.all;
        QCOMPARE(plot.series[0].y[0], (own / other - 1) * 100);
        QCOMPARE(plot.levels, std::vector<double>{0});
        QVERIFY(!plot.y.canToggleLog);
    }

    void troubleIsMarkedAtTheEdge() {
        const PlotData plot = layerErrorPlot(runs({"gptq", "vlmptq"}), {});
        QCOMPARE(plot.edgeMarks.size(), std::size_t(2));
        QCOMPARE(plot.edgeMarks[0].x, 27.0);
        QVERIFY(plot.edgeMarks[0].text.contains(QStringLiteral("fell back to RTN")));
        QVERIFY(plot.edgeMarks[1].text.contains(QStringLiteral("damping raised to 0.1")));
    }

    void anAbsentTokenSetLeavesThePlotEmpty() {
        auto all = runs({"vlmptq"});
        for (LayerResult& layer : all[0].layers)
            for (ModuleResult& module : layer.modules)
                module.heldoutError.vision.reset();
        const PlotData plot = layerErrorPlot(all, {.tokens = TokenSet::Vision});
        QVERIFY(plot.isEmpty());
        QVERIFY(!plot.emptySentence.isEmpty());
    }

    void equalMethodsGetNamesOfTheirOwn() {
        auto all = runs({"gptq", "gptq", "rtn", "gptq"});
        all[1].run.scheme = "W2A16";
        nameRuns(all);
        std::set<QString> names;
        for (const RunResults& one : all)
            names.insert(one.title);
        QCOMPARE(names.size(), std::size_t(4));
        QCOMPARE(all[2].title, QStringLiteral("RTN"));
        QCOMPARE(all[1].title, QStringLiteral("GPTQ W2A16"));
        QCOMPARE(all[3].variant, 2);
    }

    void activationErrorHasBandsOfOneRunAndLinesOfSeveral() {
        const PlotData one = activationPlot(runs({"vlmptq"}), TokenSet::All);
        QCOMPARE(one.series.size(), std::size_t(3));
        QCOMPARE(one.series[0].low.size(), std::size_t(28));
        const PlotData several = activationPlot(runs({"vlmptq", "gptq"}), TokenSet::Vision);
        QCOMPARE(several.series.size(), std::size_t(2));
        QCOMPARE(several.series[1].y[9], test::sampleLayers("gptq")[9].meanAbsVision->mean);
    }

    void costsAddUpToTheModulesSeconds() {
        const auto all = runs({"vlmptq"});
        const PlotData plot = costPlot(all[0]);
        const ModuleResult& module = all[0].layers[2].modules[6];
        double sum = 0;
        for (const PlotSeries& one : plot.series)
            if (one.mark == Mark::Stacked)
                sum += one.y[20];
        QCOMPARE(sum,
                 module.captureSeconds + module.muSearchSeconds + module.solveSeconds + module.packSeconds);
        QVERIFY(plot.right);
        QCOMPARE(plot.series.back().y[20], double(module.peakBytes) / 1e9);
    }

    void magnitudesComeWithTheirRatio() {
        const auto all = runs({"gptq", "rtn"});
        QVERIFY(hasMagnitudes(all[0]));
        QVERIFY(!hasMagnitudes(all[1]));
        const PlotData plot = magnitudePlot(all[0]);
        QCOMPARE(plot.series.size(), std::size_t(3));
        QCOMPARE(plot.series[2].y[50], plot.series[0].y[50] / plot.series[1].y[50]);
        QVERIFY(plot.series[2].onRightAxis);
        QVERIFY(magnitudePlot(all[1]).isEmpty());
    }

    void awarenessShowsGainAndDegenerateModules() {
        auto all = runs({"vlmptq"});
        all[0].layers[0].modules[0].visionTokens = 0;
        const PlotData plot = awarenessPlot(all[0]);
        const PlotSeries& dots = plot.series[0];
        QCOMPARE(dots.y.size(), std::size_t(196));
        QVERIFY(dots.hollow[0]);
        QVERIFY(!dots.hollow[1]);
        const auto gain = [&](std::size_t i) {
            return gainOverNeutral(all[0].layers[i / 7].modules[i % 7]).value();
        };
        const std::size_t more = gain(5) > gain(6) ? 5 : 6, less = 11 - more;
        QVERIFY(dots.sizes[more] >= dots.sizes[less]);
        QVERIFY(awarenessPlot(runs({"gptq"})[0]).isEmpty());
        std::size_t counted = 0;
        for (const EdgeBar& bar : plot.edgeBars) {
            QCOMPARE(std::ptrdiff_t(bar.count), std::ranges::count(dots.y, bar.at));
            counted += std::size_t(bar.count);
        }
        QCOMPARE(counted, dots.y.size());
    }

    void theCurveRingsTheChosenMuAndKeepsTheNeutralOneHollow() {
        const auto all = runs({"vlmptq"});
        const PlotData plot = muCurvePlot(all[0], 10);
        const PlotSeries& curve = plot.series.back();
        const ModuleResult& module = all[0].layers[1].modules[3];
        QVERIFY(std::ranges::is_sorted(curve.x));
        for (std::size_t i = 0; i < curve.x.size(); ++i) {
            QCOMPARE(bool(curve.ringed[i]), curve.x[i] == *module.awareness);
            QCOMPARE(bool(curve.hollow[i]), curve.x[i] == 0.5);
        }
        QCOMPARE(std::ranges::count(plot.series, Mark::Context, &PlotSeries::mark), 6);
        QVERIFY(muCurvePlot(all[0], -1).isEmpty());
    }

    void aFlatCurveIsCalledFlat() {
        ModuleResult module{.name = "model.layers.0.mlp.up_proj", .awareness = 0.2};
        module.muCurve = {{0.2, 1, 0.0100}, {0.5, 1, 0.01005}};
        QVERIFY(muCurvePlot(module, {}, {}).note.contains(QStringLiteral("differences below 1 %")));
        module.muCurve[1].relative = 0.02;
        QVERIFY(!muCurvePlot(module, {}, {}).note.contains(QStringLiteral("differences below")));
    }

    void everyChannelIsAPointOfItsModality() {
        const auto all = runs({"vlmptq"});
        const ModuleResult module = test::withChannels(all[0].layers[0].modules[0], 300);
        const PlotData plot = correctionPlot(all[0], module);
        QCOMPARE(plot.series[0].x.size() + plot.series[1].x.size(), std::size_t(300));
        QCOMPARE(plot.rowNames.size(), std::size_t(300));
        const int channel = plot.rowNames[0].split(QLatin1Char(' ')).last().toInt();
        QCOMPARE(plot.series[0].x[0], double(module.correction[std::size_t(channel)]));
        QVERIFY(module.channelVision[std::size_t(channel)] > module.channelText[std::size_t(channel)]);
        QVERIFY2(plot.title.contains(QStringLiteral("Spearman ρ = 0.")), qPrintable(plot.title));
        QVERIFY(correctionPlot(all[0], all[0].layers[0].modules[0]).isEmpty());
        QVERIFY(correctionPlot(all[0], std::nullopt).isEmpty());
    }

    void chosenChannelsAreRingedAndTheirLossAddedUp() {
        const auto all = runs({"vlmptq"});
        ModuleResult module = test::withChannels(all[0].layers[0].modules[0], 4);
        module.extraLoss = {3, 1, 0, 0};
        const PlotData plot = correctionPlot(all[0], module, {0, 2});
        for (const PlotSeries& one : plot.series)
            for (std::size_t i = 0; i < one.keys.size(); ++i)
                QCOMPARE(bool(one.ringed[i]), one.keys[i] == 0 || one.keys[i] == 2);
        QCOMPARE(plot.note, QStringLiteral("2 channels chosen: 75 % of the extra loss"));
    }

    void theHeatMapHasARowForEachModality() {
        const auto all = runs({"vlmptq"});
        const ModuleResult module = test::withChannels(all[0].layers[0].modules[0], 300);
        const PlotData plot = channelPlot(all[0], module, {7});
        QCOMPARE(plot.series.size(), std::size_t(2));
        QCOMPARE(plot.series[0].y[9], double(module.channelText[9]));
        QCOMPARE(plot.series[1].y[9], double(module.channelVision[9]));
        QCOMPARE(plot.drawnY(plot.series[1], 9), 1.0);
        QCOMPARE(plot.edgeMarks[0].x, 7.0);
        QVERIFY(plot.x.ticks.size() <= 100);
        QVERIFY(channelPlot(all[0], all[0].layers[0].modules[0]).isEmpty());
    }

    void scoresKeepTheirIntervalsAndAverage() {
        const auto all = scores();
        const PlotData plot = scorePlot(all);
        QCOMPARE(plot.series.size(), std::size_t(3));
        QCOMPARE(plot.series[1].y.size(), std::size_t(9));
        QCOMPARE(plot.series[1].low[2], all[1].scores[2].score.low);
        double mean = 0;
        for (const store::ScoreRecord& record : all[1].scores)
            mean += record.score.score / 8;
        QVERIFY(std::abs(plot.series[1].y[8] - mean) < 1e-9);
        QVERIFY(plot.series[0].isOutlined);
        QVERIFY2(plot.note.contains(QStringLiteral("n = 500 of")), qPrintable(plot.note));
    }

    void ticksLeaveOutWhatAllNamesBeginWith() {
        auto all = scores();
        for (BenchResults& one : all)
            for (store::ScoreRecord& record : one.scores)
                record.score.title = record.score.benchmark = "Demo" + record.score.benchmark;
        const PlotData plot = scorePlot(all);
        QCOMPARE(plot.x.ticks[1].label, QStringLiteral("DocVQA"));
        QCOMPARE(plot.rowNames[1], QStringLiteral("DemoDocVQA"));
        QCOMPARE(scorePlot(scores()).x.ticks[1].label, QStringLiteral("DocVQA"));
    }

    void averagesCoverWhatAllHave() {
        auto all = scores();
        all[2].scores.pop_back();
        const PlotData plot = scorePlot(all);
        QCOMPARE(commonBenchmarks(all).size(), std::size_t(7));
        QVERIFY(plot.rowNames.back().contains(QStringLiteral("7")));
        QVERIFY(std::isnan(plot.series[2].y[7]));
        all[2].scores.clear();
        QCOMPARE(commonBenchmarks(all).size(), std::size_t(8));
        QCOMPARE(scorePlot(all).series.size(), std::size_t(2));
    }

    void theLossOfAllTokensWeighsByTokens() {
        auto all = scores();
        all[1].scores.resize(2);
        all[1].scores[0].score.answerLoss = 1, all[1].scores[0].score.answerTokens = 100;
        all[1].scores[1].score.answerLoss = 3, all[1].scores[1].score.answerTokens = 300;
        const std::vector<std::string> names{all[1].scores[0].score.benchmark,
                                             all[1].scores[1].score.benchmark};
        QCOMPARE(totalAnswerLoss(all[1], names)->mean, 2.5);
    }

    void sizesLieOnTheParetoFront() {
        const PlotData plot = sizePlot(scores());
        QCOMPARE(plot.series.size(), std::size_t(4));
        QCOMPARE(plot.series[0].x[0], 16.6);
        QCOMPARE(plot.series.back().mark, Mark::Context);
        QCOMPARE(plot.series.back().x.size(), std::size_t(2)); // GPTQ is as large as VLM-PTQ and worse
    }
};

QTEST_GUILESS_MAIN(LayerPlotsTest)
#include "layer_plots_test.moc"
