#include "engine/calibration/gram.h"

namespace vlmptq::calibration {

Gram merged(const Gram& a, const Gram& b) {
    Gram sum;
    sum.samples = a.samples + b.samples;
    sum.visionTokens = a.visionTokens + b.visionTokens;
    sum.textTokens = a.textTokens + b.textTokens;
    const double ofA = static_cast<double>(a.samples) / static_cast<double>(sum.samples),
                 ofB = static_cast<double>(b.samples) / static_cast<double>(sum.samples);
    for (const auto part : {&Gram::hessian, &Gram::cross, &Gram::delta, &Gram::visionDiag, &Gram::textDiag,
                            &Gram::visionSquares, &Gram::textSquares})
        if ((a.*part).defined() && (b.*part).defined())
            sum.*part = (a.*part * ofA).add_(b.*part, ofB);
    return sum;
}

}
