// list.h - the one list of model families. A name stands for the folder and namespace families/<name>, which
// defines `ProcessorFamily processorFamily()` in the core library (processor_family.h) and
// `std::unique_ptr<model::Vlm> openModel(model::VlmSource)` in the engine (model/base_vlm.h).
#pragma once

#define VLMPTQ_FAMILIES(ENTRY) ENTRY(qwen2_5_vl)
