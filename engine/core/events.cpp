#include "engine/core/events.h"

namespace vlmptq {

std::string_view toString(Stage stage) {
    switch (stage) {
    case Stage::Load:
        return "load";
    case Stage::Calibrate:
        return "calibrate";
    case Stage::Quantize:
        return "quantize";
    case Stage::Save:
        return "save";
    case Stage::Evaluate:
        return "evaluate";
    case Stage::Export:
        return "export";
    }
    return "unknown";
}

}
