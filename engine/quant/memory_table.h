// memory_table.h - the paper's Table 3 for one matrix: what its formula says beside what the tensors really
// take.
#pragma once
#include "engine/quant/quantize.h"

namespace vlmptq::quant {

struct MemoryInputs {
    at::Tensor weight; // working copy
    const QuantizedMatrix* result = nullptr;
    const Factors* factors = nullptr; // null: a method without sweep
    int blockSize = 0;
    std::uint64_t blockBytes = 0;                  // working memory of one thread
    std::uint64_t muFormulaBytes = 0, muBytes = 0; // 0: no search
};

std::vector<MatrixMemory> memoryTable(const MemoryInputs&);

}
