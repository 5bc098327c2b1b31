// The scripted engine of tests/support as the library the program opens. The environment chooses the script,
// because the program under test is another process.
#include "engine/api/load_engine.h"
#include "support/fake_engine.h"

#include <cstdlib>

namespace {

int numberFrom(const char* variable, int otherwise) {
    const char* value = std::getenv(variable);
    return value ? std::atoi(value) : otherwise;
}

vlmptq::test::FakeScript scriptFromEnvironment() {
    vlmptq::test::FakeScript script;
    script.layers = numberFrom("SCRIPT_LAYERS", 4);
    script.moduleDelay = std::chrono::milliseconds(numberFrom("SCRIPT_MODULE_MS", 0));
    script.itemDelay = std::chrono::milliseconds(numberFrom("SCRIPT_ITEM_MS", 0));
    if (const int layer = numberFrom("SCRIPT_FAIL_AT_LAYER", -1); layer >= 0)
        script.failAtLayer = layer;
    if (const int layer = numberFrom("SCRIPT_WARN_AT_LAYER", -1); layer >= 0)
        script.warnAtLayers = {layer};
    return script;
}

}

extern "C" vlmptq::api::Engine* vlmptqCreateEngine(int interfaceVersion) {
    if (interfaceVersion != kEngineInterface)
        return nullptr;
    return new vlmptq::test::FakeEngine(scriptFromEnvironment());
}
