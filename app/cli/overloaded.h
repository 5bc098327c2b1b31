// overloaded.h - several lambdas as one visitor of a variant.
#pragma once

namespace vlmptq::cli {

template <class... Lambdas>
struct Overloaded : Lambdas... {
    using Lambdas::operator()...;
};
template <class... Lambdas>
Overloaded(Lambdas...) -> Overloaded<Lambdas...>;

}
