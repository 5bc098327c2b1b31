// exif.h - the one EXIF field that changes pixels: tag 0x0112, how the camera was held. Pure, bounds-checked.
#pragma once
#include "engine/image/image.h"

namespace vlmptq::image {

// 1 ... 8; 1 (as stored) when the block has no valid orientation. `tiff` starts at its byte order mark.
int exifOrientation(std::span<const std::uint8_t> tiff);
bool swapsSides(int orientation);
RgbImage upright(RgbImage, int orientation);

}
