#include "engine/quant/memory_table.h"

namespace vlmptq::quant {
namespace {

std::uint64_t bytesOf(const at::Tensor& tensor) { return tensor.defined() ? tensor.nbytes() : 0; }

}

std::vector<MatrixMemory> memoryTable(const MemoryInputs& inputs) {
    const std::uint64_t rows = inputs.weight.size(0), columns = inputs.weight.size(1),
                        block = inputs.blockSize;
    const std::uint64_t real = inputs.weight.element_size();
    const QuantizedMatrix& result = *inputs.result;
    std::vector<MatrixMemory> table{
        {"W", rows * columns * real, bytesOf(inputs.weight)},
        {"W_hat", rows * columns * real,
         bytesOf(result.dequantized) + bytesOf(result.codes) + bytesOf(result.scale) + bytesOf(result.zero)}};
    if (inputs.factors) {
        const Factors& factors = *inputs.factors;
        const bool hasResidual = factors.residual.defined();
        table.push_back({"L", columns * columns * real, bytesOf(factors.lower)});
        if (hasResidual)
            table.push_back({"P", columns * columns * real, bytesOf(factors.residual)});
        if (factors.correction.defined())
            table.push_back({"C", columns * real, bytesOf(factors.correction)});
        table.push_back({"block buffers", (3 * rows * block + (hasResidual ? 2 : 1) * block * block) * real,
                         inputs.blockBytes});
    }
    if (result.importance.defined())
        table.push_back({"M", columns * real, bytesOf(result.importance)});
    if (inputs.muBytes > 0)
        table.push_back({"mu search", inputs.muFormulaBytes, inputs.muBytes});
    return table;
}

}
