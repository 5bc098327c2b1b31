#include "support/sample_runs.h"
#include "ui/analysis/benchmarks_page.h"
#include "ui/analysis/layers_page.h"
#include "ui/analysis/modalities_page.h"
#include "ui/analysis/shown_runs.h"
#include "ui/plots/plot_view.h"
#include "ui/selection.h"
#include "ui/settings/settings.h"
#include "ui/store_reader.h"
#include "ui/theme/theme.h"
#include "ui/widgets/empty_state.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTabBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QtTest>

using namespace vlmptq;
using namespace vlmptq::ui;

class AnalysisPagesTest : public QObject {
    Q_OBJECT
    // Pages over a database of their own.
    struct Fixture {
        QTemporaryDir folder;
        Settings settings{folder.filePath(QStringLiteral("settings.ini"))};
        Theme theme;
        Selection selection;
        StoreReader reader;
        Context context{&theme, &settings, &selection, &reader, nullptr};
        ShownRuns runs{context};
        LayersPage layers{context, &runs};
        ModalitiesPage modalities{context, &runs};
        BenchmarksPage benchmarks{context};
        std::unique_ptr<store::RunStore> store;

        Fixture() {
            const auto database = std::filesystem::path(folder.path().toStdString()) / "runs.db";
            store = store::RunStore::open(database);
            QSignalSpy opened(&reader, &StoreReader::opened);
            reader.open(database);
            QVERIFY(opened.wait());
            for (QWidget* page : std::initializer_list<QWidget*>{&layers, &modalities, &benchmarks}) {
                page->resize(1000, 700);
                page->show();
            }
        }
        store::RunId addRun(const char* method, int count) {
            RunConfig config;
            config.model = "models/m";
            config.quant.method = method;
            const auto id = store->createRun(config);
            store->markStarted(id, count, 7 * count, "f", "{}");
            addLayers(id, method, 0, count);
            return id;
        }
        void addLayers(store::RunId id, const char* method, int from, int to) {
            const auto all = test::sampleLayers(method, {.layers = to});
            for (int layer = from; layer < to; ++layer)
                store->saveLayer(id, all[std::size_t(layer)]);
        }
        const PlotData& plot(const char* name) const {
            for (const QWidget* page :
                 std::initializer_list<const QWidget*>{&layers, &modalities, &benchmarks})
                if (const auto* view = page->findChild<PlotView*>(QLatin1String(name)))
                    return view->data();
            qFatal("no plot of this name");
        }
        static QString emptySentence(const QWidget& page) {
            const auto* empty = page.findChild<EmptyState*>(QString(), Qt::FindDirectChildrenOnly);
            return empty->isVisible() ? empty->accessibleName() : QString();
        }
    };

    template <class Shown>
    static void verifyTable(const QWidget& page, std::span<const PlotEntry<Shown>> table,
                            const Shown& shown) {
        QSet<QString> names;
        for (const PlotEntry<Shown>& entry : table) {
            names.insert(QLatin1String(entry.name));
            QVERIFY2(page.findChild<PlotView*>(QLatin1String(entry.name)), entry.name);
            QVERIFY2(!entry.build(shown).title.isEmpty(), entry.name);
        }
        QCOMPARE(names.size(), qsizetype(table.size()));
        QCOMPARE(page.findChildren<PlotView*>().size(), qsizetype(table.size()));
    }

private Q_SLOTS:
    void eachPageShowsExactlyThePlotsOfItsTable() {
        Fixture f;
        const std::vector<RunResults> runs{
            {.run = {}, .layers = test::sampleLayers("vlmptq", {.layers = 2}), .title = {}}};
        const std::optional<ModuleResult> module;
        const std::set<int> chosen;
        const std::vector<BenchResults> scores(1);
        verifyTable<LayersShown>(f.layers, layersPlots(), {runs, {}});
        verifyTable<ModalitiesShown>(f.modalities, modalitiesPlots(),
                                     {runs.front(), SeriesFilter::All, 0, module, chosen});
        verifyTable<BenchmarksShown>(f.benchmarks, benchmarksPlots(), scores);
        QCOMPARE(f.layers.findChild<QTabBar*>()->count(), int(layersPlots().size()));
    }

    void withoutARunEachPageSaysSo() {
        Fixture f;
        for (const QWidget* page :
             std::initializer_list<const QWidget*>{&f.layers, &f.modalities, &f.benchmarks})
            QCOMPARE(Fixture::emptySentence(*page), QStringLiteral("No run is open"));
    }

    void aRunWithoutLayersIsNamed() {
        Fixture f;
        f.selection.setActiveRun(f.addRun("vlmptq", 0));
        QTRY_COMPARE(Fixture::emptySentence(f.layers), QStringLiteral("This run has no finished layer yet"));
        QCOMPARE(Fixture::emptySentence(f.modalities), QStringLiteral("This run has no finished layer yet"));
        QTRY_COMPARE(Fixture::emptySentence(f.benchmarks), QStringLiteral("Not evaluated"));
    }

    void rtnHasNoActivationStatistics() {
        Fixture f;
        f.selection.setActiveRun(f.addRun("rtn", 2));
        QTRY_COMPARE(Fixture::emptySentence(f.modalities),
                     QStringLiteral("This run collected no activation statistics (RTN)"));
        QCOMPARE(Fixture::emptySentence(f.layers), QString());
    }

    void comparedRunsAreOverlaid() {
        Fixture f;
        const auto first = f.addRun("vlmptq", 3), second = f.addRun("gptaq", 3);
        f.selection.setActiveRun(first);
        QTRY_COMPARE(f.plot("layerErrorPlot").series.size(), std::size_t(1));
        f.selection.setCompared(second, true);
        QTRY_COMPARE(f.plot("layerErrorPlot").series.size(), std::size_t(2));
        QCOMPARE(f.plot("layerErrorPlot").series[0].y[4],
                 *test::sampleLayers("vlmptq", {.layers = 3})[0].modules[4].heldoutError.all);
    }

    void pointsArriveWhileTheRunGrows() {
        Fixture f;
        const auto run = f.addRun("vlmptq", 2);
        f.selection.setActiveRun(run);
        QTRY_COMPARE(f.plot("layerErrorPlot").xValues().size(), std::size_t(14));
        f.addLayers(run, "vlmptq", 2, 4);
        QTRY_COMPARE(f.plot("layerErrorPlot").xValues().size(), std::size_t(28));
        QCOMPARE(f.layers.findChild<QTableView*>(QStringLiteral("layerTable"))->model()->rowCount(), 28);
        f.store->dropLayersFrom(run, 1); // before it is computed again
        QTRY_COMPARE(f.plot("layerErrorPlot").xValues().size(), std::size_t(7));
    }

    void theSelectionLinksTableAndPlots() {
        Fixture f;
        f.selection.setActiveRun(f.addRun("vlmptq", 3));
        auto* table = f.layers.findChild<QTableView*>(QStringLiteral("layerTable"));
        QTRY_COMPARE(table->model()->rowCount(), 21);
        table->selectRow(9);
        QCOMPARE(f.selection.module(), 9);
        QTRY_VERIFY(f.plot("muCurvePlot").title.contains(QStringLiteral("layers.1.self_attn.v_proj")));
        Q_EMIT f.layers.findChild<PlotView*>(QStringLiteral("layerErrorPlot"))->keyChosen(13);
        QCOMPARE(table->currentIndex().row(), 13);
        f.selection.goBack();
        QCOMPARE(table->currentIndex().row(), 9);
    }

    void choicesChangeThePlotAndAreRemembered() {
        Fixture f;
        f.selection.setActiveRun(f.addRun("vlmptq", 3));
        QTRY_COMPARE(f.plot("layerErrorPlot").xValues().size(), std::size_t(21));
        auto* modules = f.layers.findChild<QComboBox*>(QStringLiteral("modules"));
        QTest::keyClick(modules, Qt::Key_Down); // attention
        QCOMPARE(f.plot("layerErrorPlot").xValues().size(), std::size_t(12));
        QCOMPARE(f.selection.filter(), SeriesFilter::Attention);
        QCOMPARE(f.plot("magnitudePlot").xValues().size(), std::size_t(12));
        LayersPage again(f.context, &f.runs);
        QCOMPARE(again.findChild<QComboBox*>(QStringLiteral("modules"))->currentText(),
                 modules->currentText());
    }

    void theFilterLineAndTheWorstTenNarrowTheTable() {
        Fixture f;
        f.selection.setActiveRun(f.addRun("vlmptq", 28));
        auto* table = f.layers.findChild<QTableView*>(QStringLiteral("layerTable"));
        QTRY_COMPARE(table->model()->rowCount(), 196);
        f.layers.findChild<QLineEdit*>(QStringLiteral("layerFilter"))->setText(QStringLiteral("kind:down"));
        QCOMPARE(table->model()->rowCount(), 28);
        QTest::mouseClick(f.layers.findChild<QPushButton*>(QStringLiteral("worstLayers")), Qt::LeftButton);
        QCOMPARE(table->model()->rowCount(), 10);
    }

    void withoutAChoiceModalitiesShowsTheWorstModule() {
        Fixture f;
        const auto run = f.addRun("vlmptq", 4);
        f.selection.setActiveRun(run);
        const ModuleResult* worst = nullptr;
        const auto layers = test::sampleLayers("vlmptq", {.layers = 4});
        for (const LayerResult& layer : layers)
            for (const ModuleResult& module : layer.modules)
                if (!worst || *module.heldoutError.all > *worst->heldoutError.all)
                    worst = &module;
        QTRY_VERIFY2(f.plot("muCurvePlot").title.endsWith(shortModuleName(worst->name)),
                     qPrintable(f.plot("muCurvePlot").title));
        QCOMPARE(f.selection.module(), -1);
    }

    void theChannelsOfTheChosenModuleAreRead() {
        Fixture f;
        const auto run = f.addRun("vlmptq", 0);
        LayerResult layer = test::sampleLayers("vlmptq", {.layers = 1})[0];
        layer.modules[2] = test::withChannels(layer.modules[2], 64);
        f.store->saveLayer(run, layer);
        f.selection.setActiveRun(run);
        f.selection.setModule(2);
        QTRY_COMPARE(f.plot("correctionPlot").rowNames.size(), std::size_t(64));
        QCOMPARE(f.plot("channelPlot").series[0].y.size(), std::size_t(64));
        Q_EMIT f.modalities.findChild<PlotView*>(QStringLiteral("correctionPlot"))->keysChosen({5, 9});
        QCOMPARE(f.plot("channelPlot").edgeMarks.size(), std::size_t(2));
        QVERIFY(f.plot("correctionPlot").note.startsWith(QStringLiteral("2 channels chosen")));
        f.selection.setModule(3);
        QTRY_VERIFY(f.plot("correctionPlot").isEmpty());
        QVERIFY(f.plot("channelPlot").edgeMarks.empty());
    }

    void scoresAppearWithFullPrecisionFirst() {
        Fixture f;
        const auto run = f.addRun("vlmptq", 1);
        f.selection.setActiveRun(run);
        QTRY_COMPARE(Fixture::emptySentence(f.benchmarks), QStringLiteral("Not evaluated"));
        const std::string model = f.store->run(run)->model;
        for (auto& record : test::sampleScores(run, model, 0.6))
            f.store->addScore(record);
        QTRY_COMPARE(f.plot("scorePlot").series.size(), std::size_t(1));
        for (auto& record : test::sampleScores(std::nullopt, model, 0.7))
            f.store->addScore(record);
        QTRY_COMPARE(f.plot("scorePlot").series.size(), std::size_t(2));
        QCOMPARE(f.plot("scorePlot").series[0].name, QStringLiteral("Full precision"));
        QCOMPARE(f.benchmarks.findChild<QTableView*>(QStringLiteral("benchTable"))->model()->rowCount(), 9);
    }

    void evaluateAsksForTheActiveRun() {
        Fixture f;
        const auto run = f.addRun("vlmptq", 1);
        f.selection.setActiveRun(run);
        auto* button = f.benchmarks.findChild<QPushButton*>(QStringLiteral("evaluateRun"));
        QTRY_VERIFY(button->isVisible());
        QSignalSpy asked(&f.benchmarks, &BenchmarksPage::evaluateRequested);
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(asked.value(0).value(0).value<store::RunId>(), run);
    }
};

QTEST_MAIN(AnalysisPagesTest)
#include "analysis_pages_test.moc"
