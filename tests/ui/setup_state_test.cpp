#include "ui/setup/setup_state.h"

#include <QtTest>

#include <algorithm>

using namespace vlmptq;
using namespace vlmptq::ui;

class SetupStateTest : public QObject {
    Q_OBJECT
    SetupState m_state;
    SetupFacts m_facts;

    const Check* checkOf(const char* field, Severity severity = Severity::Error) {
        m_checks = checkSetup(m_state, m_facts);
        const auto found = std::ranges::find_if(m_checks, [&](const Check& check) {
            return check.field == QLatin1String(field) && check.severity == severity;
        });
        return found == m_checks.end() ? nullptr : &*found;
    }
    std::vector<Check> m_checks;

private Q_SLOTS:
    void init() {
        m_state = {};
        m_facts = {};
        m_state.config.model = "/models/demo";
        m_state.config.calib.source = "/data/calib.jsonl";
        families::ModelSummary model;
        model.shards = 1;
        model.maxPositions = 4096;
        model.linears = {{"model.layers.0.self_attn.q_proj", "q_proj", 0, 256, 256},
                         {"model.layers.0.mlp.down_proj", "down_proj", 0, 256, 688}};
        m_facts.model = model;
        m_facts.lines.emplace(160);
        m_facts.tokens =
            TokenCounts{.lines = 128, .total = 128, .vision = 12288, .text = 9000, .withImages = 128};
    }
    void theDefaultsAreFine() {
        const auto checks = checkSetup(m_state, m_facts);
        QVERIFY2(!hasError(checks), checks.empty() ? "" : qPrintable(checks.front().sentence));
    }
    void aMissingModelIsTheFirstThingSaid() {
        m_state.config.model.clear();
        QVERIFY(checkOf("model"));
    }
    void aGroupThatDoesNotDivideNamesTheLayerAndOffersARemedy() {
        m_state.config.quant.groupSize = 128;
        const Check* check = checkOf("quant.groupSize");
        QVERIFY(check);
        QVERIFY(check->sentence.contains(QStringLiteral("model.layers.0.mlp.down_proj")));
        check->fix(m_state);
        QVERIFY(!checkOf("quant.groupSize"));
    }
    void aLayerLeftOutNeedsNoGroups() {
        m_state.config.quant.groupSize = 128;
        m_state.config.quant.skip = {"*.down_proj"};
        QVERIFY(!checkOf("quant.groupSize"));
    }
    void moreSamplesThanLinesAreRefusedWithARemedy() {
        m_state.config.calib.samples = 150;
        const Check* check = checkOf("calib.samples");
        QVERIFY(check);
        check->fix(m_state);
        QCOMPARE(m_state.config.calib.samples, 128);
        QVERIFY(!checkOf("calib.samples"));
    }
    void textOnlyCalibrationMustBeConfirmed() {
        m_facts.tokens->withImages = 0;
        const Check* check = checkOf("calib.source");
        QVERIFY(check);
        check->fix(m_state);
        QVERIFY(!checkOf("calib.source"));
        QVERIFY(checkOf("calib.source", Severity::Warning));
    }
    void someTextOnlyLinesAreOnlyAWarning() {
        m_facts.tokens->withImages = 120;
        QVERIFY(!checkOf("calib.source"));
        QVERIFY(checkOf("calib.source", Severity::Warning));
    }
    void aPatternWithoutAMatchIsRefused() {
        m_state.config.quant.skip = {"lm_head"};
        const Check* check = checkOf("quant.skip");
        QVERIFY(check);
        check->fix(m_state);
        QVERIFY(m_state.config.quant.skip.empty());
    }
    void moreTokensThanTheContextAreRefused() {
        m_state.config.calib.maxTokens = 8192;
        const Check* check = checkOf("calib.maxTokens");
        QVERIFY(check);
        check->fix(m_state);
        QCOMPARE(m_state.config.calib.maxTokens, 4096);
    }
    void moreMuSamplesThanSamplesAreRefused() {
        m_state.config.calib.samples = 8;
        QVERIFY(checkOf("quant.muSamples"));
    }
    void aFullDiskIsSaidBeforeTheStart() {
        m_facts.freeDiskBytes = 1000;
        QVERIFY(checkOf("model"));
    }
    void severalMethodsSayTheSameRuleOnce() {
        m_state.alsoRun = {"gptq", "gptaq"};
        m_state.config.quant.weightBits = 3;
        m_state.config.calib.samples = 5000;
        m_checks = checkSetup(m_state, m_facts);
        QCOMPARE(std::ranges::count_if(m_checks,
                                       [](const Check& c) {
                                           return c.field == QLatin1String("calib.samples") &&
                                                  c.sentence.contains(QStringLiteral("5000 is"));
                                       }),
                 1);
    }
    void alsoRunMakesOneRunPerMethodOnTheSameData() {
        m_state.alsoRun = {"rtn", "gptq"};
        m_state.config.name = "mine";
        m_state.config.quant.ranges = Ranges::DiagH;
        const auto runs = m_state.runs();
        QCOMPARE(runs.size(), std::size_t(3));
        QCOMPARE(QString::fromStdString(runs[0].name), QStringLiteral("mine vlmptq"));
        QCOMPARE(QString::fromStdString(runs[1].quant.method), QStringLiteral("rtn"));
        QVERIFY(!runs[1].quant.ranges); // needs calibration, which RTN has not
        QVERIFY(runs[2].quant.ranges == Ranges::DiagH);
        QCOMPARE(runs[2].calib.source, runs[0].calib.source);
    }
    void presetsAreRecognised() {
        QuantConfig quant;
        QCOMPARE(presetOf(quant), Preset::Paper);
        applyPreset(Preset::Deploy, quant);
        QCOMPARE(quant.groupSize, 128);
        QVERIFY(quant.symmetric);
        QCOMPARE(presetOf(quant), Preset::Deploy);
        quant.groupSize = 64;
        QCOMPARE(presetOf(quant), Preset::Own);
    }
    void theCommandNamesOnlyWhatDiffers() {
        QCOMPARE(commandText(m_state),
                 QStringLiteral(
                     "vlmptq quantize /models/demo --method vlmptq --bits 3 --calib /data/calib.jsonl"));
    }
    void theCommandQuotesAndKeepsEveryChoice() {
        m_state.config.model = "/my models/it's here";
        m_state.config.quant.muGrid = {0, 0.5};
        m_state.config.quant.dampRatio = 0.1;
        m_state.config.quant.skip = {"*.o_proj"};
        m_state.config.calib.order = SampleOrder::Seeded;
        m_state.config.calib.seed = 7;
        m_state.config.device.threads = 3;
        m_state.alsoRun = {"rtn", "gptq"};
        QCOMPARE(commandText(m_state), QStringLiteral("vlmptq quantize '/my models/it'\\''s here' --method "
                                                      "vlmptq --bits 3 --mu-grid 0,0.5 --damp 0.1 "
                                                      "--skip '*.o_proj' --calib /data/calib.jsonl --order "
                                                      "seeded --seed 7 --threads 3 --also rtn,gptq"));
    }
};

QTEST_GUILESS_MAIN(SetupStateTest)
#include "setup_state_test.moc"
