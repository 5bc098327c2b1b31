// records.h - results as plain values: what the engine reports, the store keeps and the Studio draws. No
// tensors, no Qt. Errors are relative squared errors ||W x~ - W^ x||^2 / ||W x~||^2 over a token set
// (method.md 9.2); absent where the set is empty. Times are seconds, sizes bytes.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vlmptq {

struct ErrorByTokens {
    std::optional<double> all, vision, text, answer; // answer: the positions that predict the answer
};

struct MuPoint {
    double mu = 0;
    double loss = 0;     // ||W X~ - W^_mu X||^2 on the search samples, 2/n scaling, constant term included
    double relative = 0; // the same over ||W X~||^2
    bool isCandidate = true; // false: the reference mu = 0.5, evaluated for comparison only
};

// The paper's Table 3 row of one module: what the formula says, and what was measured.
struct MatrixMemory {
    std::string name; // W, W_hat, L, P, C, M, block buffers, mu search
    std::uint64_t formulaBytes = 0;
    std::uint64_t measuredBytes = 0;
};

// One linear layer.
struct ModuleResult {
    int index = 0;    // position in depth order over the whole model, from 0
    int layer = 0;    // decoder layer
    std::string name; // "model.layers.3.mlp.down_proj", the checkpoint's spelling without ".weight"
    std::string kind; // q_proj k_proj v_proj o_proj gate_proj up_proj down_proj
    std::int64_t rows = 0, columns = 0; // output and input channels
    int bits = 0, groupSize = -1;
    ErrorByTokens calibrationError, heldoutError;
    double weightError = 0;          // ||W - W^||^2 / ||W||^2
    std::optional<double> awareness; // mu*
    std::vector<MuPoint> muCurve;
    std::optional<double> visionMagnitude,
        textMagnitude;                             // |H_v|, |H_l|: mean squared input per channel and token
    std::int64_t visionTokens = 0, textTokens = 0; // calibration tokens behind them
    // Per input channel; empty when the method has no P (correction, extraLoss) or no Gram (the magnitudes).
    std::vector<float> correction;       // C
    std::vector<float> extraLoss;        // method.md 9.2, paper Fig. 2
    std::vector<float> channelVision;    // h_v of the channel, per vision token
    std::vector<float> channelText;      // h_l of the channel, per text token
    std::optional<double> correctionMax; // max |C|
    double dampUsed = 0;
    int dampRetries = 0;
    double saturatedShare = 0;                // weights on the first or last code
    bool fellBackToRtn = false;               // numerical trouble that nothing helped
    std::optional<double> reconstructionLoss; // the calibration objective, 2/n scaling
    double captureSeconds = 0, muSearchSeconds = 0, solveSeconds = 0, packSeconds = 0;
    std::vector<MatrixMemory> memory;
    std::uint64_t peakBytes = 0; // resident set of the process while the module was worked on
};

struct MeanInterval {
    double mean = 0, low = 0, high = 0; // 95 %
};

// One decoder layer: its modules and the state of the two streams behind it.
struct LayerResult {
    int layer = 0;
    std::vector<ModuleResult> modules;
    ErrorByTokens hiddenCalibrationError, hiddenHeldoutError; // of the layer's output
    std::optional<MeanInterval> meanAbsAll, meanAbsVision,
        meanAbsText; // |difference| of the output, over held-out samples
    double seconds = 0;
};

struct ModelErrorInterval {
    std::optional<MeanInterval> all, vision, text, answer; // bootstrap over held-out samples
};

struct RunSummary {
    ModelErrorInterval modelError;                 // output of the last decoder layer, held-out lines
    std::optional<MeanInterval> heldoutAnswerLoss; // nats per token
    std::optional<double> fullPrecisionAnswerLoss;
    double meanModuleError = 0;                          // held-out, mean over modules
    std::uint64_t originalBytes = 0, quantizedBytes = 0; // of the checkpoint's weights
    double bitsPerWeight = 0;  // of the quantized matrices, scales and zeros counted
    double roundingToBf16 = 0; // ||W^ - bf16(W^)||^2 / ||W^||^2 over all modules
    double seconds = 0;
    std::uint64_t peakBytes = 0;
    int warnings = 0;
};

// One answered benchmark question (benchmarks.md 7). Raw answers are kept apart from scores.
struct EvalItem {
    std::string benchmark, id; // the file's name without .tsv; the row's index
    std::int64_t row = 0;
    std::string category, l2Category, prompt, promptSha256, imageSha256;
    std::vector<std::string> references, options;
    std::string rawAnswer, status, finish, answer; // answer: the reference whose loss is taken
    std::optional<std::string> parsed;             // absent: nothing could be read
    std::optional<double> score;                   // 0..1; absent only for an error
    std::string ruleset;
    std::string settings; // JSON object: all that shapes an answer besides question and picture
    double answerNll = 0; // sum over the reference's tokens and the end token, nats
    int answerTokens = 0;
    std::vector<std::int64_t> tokenIds; // generated, end token included
    int promptTokens = 0, visionTokens = 0;
    double prefillSeconds = 0, decodeSeconds = 0;
    std::string error;
};

struct BenchmarkScore {
    std::string benchmark, title, scorer, ruleset;
    std::int64_t items = 0, scored = 0, expected = 0;             // asked, with a score, rows in the file
    double score = 0, low = 0, high = 0;                          // 0..100, 95 % interval
    double answerLoss = 0, answerLossLow = 0, answerLossHigh = 0; // nats per token
    std::int64_t answerTokens = 0;
    int empty = 0, unparsed = 0, truncated = 0, errors = 0;
    double seconds = 0;
    std::string manifest; // JSON object: with what it was made (evaluation/benchmark_manifest.h)
};

}
