// attention.h - the two pieces every attention of every family is made of. Pure functions; any thread.
#pragma once
#include <ATen/ATen.h>

namespace vlmptq::model {

enum class Masking { None, Causal };

// softmax(q k^T / sqrt(dim)) v. q is [batch, group, queries, dim]: the `group` query heads of one key/value
// head; k and v are [batch, keys, dim]. Causal: the queries are the last ones of the keys. Scores and softmax
// are float32; queries are taken in blocks, so that memory stays bounded for any length.
at::Tensor softmaxAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, Masking);

// x * cos + [-second half, first half] * sin along the last dimension; cos and sin broadcast against x.
at::Tensor rotateHalves(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin);

}
