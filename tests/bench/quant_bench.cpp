// quant_bench [SIZE…] - seconds of the kernels beside the ATen reference (aten_reference.h) in the same run,
// with the same number of threads, and of one whole matrix through VLM-PTQ. Default sizes: 256 512 1024.
#include "aten_reference.h"
#include "engine/kernels/dispatch.h"
#include "engine/quant/quantize.h"
#include "engine/quant/range_search.h"
#include "engine/quant/sweep.h"

#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>

namespace {

using namespace vlmptq;

double secondsOf(const std::function<void()>& work) { // the best of three
    double best = 1e30;
    for (int i = 0; i < 3; ++i) {
        const auto start = std::chrono::steady_clock::now();
        work();
        best =
            std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return best;
}

void printRow(const char* name, double own, double reference) {
    std::printf("  %-34s %9.2f ms   ATen %9.2f ms   %6.1f x\n", name, own * 1e3, reference * 1e3,
                reference / own);
}

calibration::Gram randomGram(std::int64_t columns) {
    const at::Tensor inputs = at::randn({2 * columns, columns}) * at::rand({columns}).add_(0.2);
    const at::Tensor delta = at::randn({2 * columns, columns}) * 0.1;
    calibration::Gram gram;
    gram.hessian = inputs.t().mm(inputs) / double(columns);
    gram.cross = delta.t().mm(inputs) / double(columns);
    const at::Tensor diagonal = gram.hessian.diagonal().clone(), share = at::rand({columns});
    gram.visionDiag = diagonal * share;
    gram.textDiag = diagonal * (1 - share);
    gram.samples = 16;
    gram.visionTokens = gram.textTokens = columns;
    return gram;
}

void benchSize(std::int64_t size, Workers& workers) {
    std::printf("%lld x %lld\n", static_cast<long long>(size), static_cast<long long>(size));
    const at::Tensor weight = at::randn({size, size}) * 0.05;
    const calibration::Gram gram = randomGram(size);
    QuantConfig config;
    const quant::MatrixGrid plain = quant::gridOf(config, Ranges::Mse, size, "bench");
    const quant::MatrixGrid weighted = quant::gridOf(config, Ranges::DiagH, size, "bench");
    const at::Tensor importance = gram.hessian.diagonal().contiguous();

    const auto withBlas = [&](const std::function<void()>& work) {
        const BlasThreads blas(workers.threads());
        return secondsOf(work);
    };
    printRow("range search, |e|^2.4", secondsOf([&] { quant::searchRanges(weight, plain, {}, workers); }),
             withBlas([&] { bench::searchRanges(weight, {}, config.weightBits); }));
    printRow("range search, weighted e^2",
             secondsOf([&] { quant::searchRanges(weight, weighted, importance, workers); }),
             withBlas([&] { bench::searchRanges(weight, importance, config.weightBits); }));

    const quant::Factors factors = quant::factorize(gram, config, workers);
    std::printf("  %-34s %9.2f ms\n", "factorisation (L, C, P)",
                secondsOf([&] { quant::factorize(gram, config, workers); }) * 1e3);
    const at::Tensor upper = factors.lower.t().contiguous();
    const bench::AtenRanges ranges = bench::searchRanges(weight, importance, config.weightBits);
    quant::MatrixGrid minMax = quant::gridOf(config, Ranges::MinMax, size, "bench");
    printRow("column sweep with C and P",
             secondsOf([&] { quant::sweepMatrix(weight, factors, config, minMax, {}, workers, {}); }),
             withBlas([&] {
                 bench::sweepColumns(weight, upper, factors.residual, factors.correction, ranges,
                                     config.weightBits, config.blockSize);
             }));
    const quant::Problem problem{weight, &gram, &factors, nullptr, "bench"};
    std::printf("  %-34s %9.2f ms\n", "VLM-PTQ, 6 candidates, all samples",
                secondsOf([&] { quant::quantizeMatrix(problem, config, workers); }) * 1e3);
}

}

int main(int argc, char** argv) {
    const c10::InferenceMode inference;
    Workers workers(static_cast<int>(std::max(1u, std::thread::hardware_concurrency())));
    std::printf("kernels: %s, %d threads, float32, 3 bits per-channel asymmetric\n",
                std::string(kernels::toString(kernels::activeIsa())).c_str(), workers.threads());
    std::vector<std::int64_t> sizes;
    for (int i = 1; i < argc; ++i)
        sizes.push_back(std::atoll(argv[i]));
    if (sizes.empty())
        sizes = {256, 512, 1024};
    for (std::int64_t size : sizes)
        benchSize(size, workers);
}
