// processor_family.h - what a family adds to the registry (processor_registry.cpp): who it is, where its
// decoder's tensors are, how its processor is made. Immutable; any thread.
#pragma once
#include "engine/families/processor.h"

namespace vlmptq::families {

struct ProcessorFamily {
    FamilyInfo info;
    std::vector<std::string>
        decoderPrefixes; // of "<layer>.self_attn.q_proj.weight", one per published layout
    std::unique_ptr<Processor> (*open)(std::shared_ptr<const checkpoint::Checkpoint>);
};

const ProcessorFamily& processorFamilyOf(const checkpoint::Checkpoint&); // throws like familyOf

}
