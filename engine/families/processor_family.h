// processor_family.h - what a family adds to the registry (list.h): who it is, where its
// decoder's tensors are, how its processor is made, how its
// config.json is checked. Immutable; any thread.
#pragma once
#include "engine/families/list.h"
#include "engine/families/processor.h"

namespace vlmptq::families {

struct ProcessorFamily {
    FamilyInfo info;
    std::vector<std::string>
        decoderPrefixes; // of "<layer>.self_attn.q_proj.weight", one per published layout
    std::unique_ptr<Processor> (*open)(std::shared_ptr<const checkpoint::Checkpoint>);
    void (*checkConfig)(const checkpoint::Checkpoint&); // throws Error (BadInput) naming the field
};

// What each folder of the list defines.
#define VLMPTQ_DECLARE(name)                                                                                 \
    namespace name {                                                                                         \
    ProcessorFamily processorFamily();                                                                       \
    }
VLMPTQ_FAMILIES(VLMPTQ_DECLARE)
#undef VLMPTQ_DECLARE

const ProcessorFamily& processorFamilyOf(const checkpoint::Checkpoint&); // throws like familyOf
// The one of the family's prefixes this checkpoint uses; throws Error (BadInput) where none fits.
std::string decoderPrefixOf(const checkpoint::Checkpoint&);

}
