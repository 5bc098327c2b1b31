// jinja_parser.h - tokens to tree. Whatever lies outside the subset (models.md 3) is refused here, before
// anything is rendered, with its line and name.
#pragma once
#include "engine/text/jinja_ast.h"

namespace vlmptq::text::jinja {

Block parse(const std::string& source, const std::string& where); // throws Error (BadInput)

}
