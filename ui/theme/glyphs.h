// glyphs.h - the outlines of icons.h. "M x y L x y … Z" lines, "O cx cy r" a circle, "D cx cy r" a disc;
// drawn with a round 1.8 px pen on a 24 x 24 grid. A leading "F" fills the outline.
#pragma once
#include "ui/theme/icons.h"

#include <QPainterPath>

namespace vlmptq::ui {

struct GlyphOutline {
    QPainterPath stroked, filled;
};

const GlyphOutline& outline(Glyph);

}
