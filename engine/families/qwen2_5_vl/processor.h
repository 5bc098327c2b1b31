// processor.h - the Qwen2.5-VL entry of the processor registry.
#pragma once
#include "engine/families/processor_family.h"

namespace vlmptq::families::qwen2_5_vl {

ProcessorFamily processorFamily();

}
