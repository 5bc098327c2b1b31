// processor_image.h - Qwen2.5-VL pictures: size rule, normalisation, patch order (models.md 5.2). Immutable;
// any thread.
#pragma once
#include "engine/families/processor.h"

namespace vlmptq::families::qwen2_5_vl {

struct ImageOptions {
    std::int64_t minPixels = 3136, maxPixels = 1003520;
    std::int64_t patchSize = 14, temporalPatchSize = 2, mergeSize = 2;
    double rescaleFactor = 1.0 / 255;
    std::array<double, 3> mean{0.48145466, 0.4578275, 0.40821073};
    std::array<double, 3> deviation{0.26862954, 0.26130258, 0.27577711};
};

// processor_config.json (its image_processor object) or preprocessor_config.json, in both spellings of the
// pixel limits; patch and merge size must be those of the vision tower. Throws Error (BadInput) naming file
// and field.
ImageOptions readImageOptions(const checkpoint::Checkpoint&);

class ImagePreparer {
public:
    explicit ImagePreparer(ImageOptions);
    image::Size resizedSize(image::Size) const; // throws Error when one side is more than 200 times the other
    std::int64_t tokens(image::Size) const;
    ImageInput prepare(const image::RgbImage&) const;

private:
    void copyPatch(const image::RgbImage&, std::int64_t row, std::int64_t column, float* out) const;
    std::string keyOf(const image::RgbImage&) const;

    ImageOptions m_options;
    std::array<std::array<float, 256>, 3> m_normalized; // by channel and byte
};

}
