#include "engine/core/stop.h"

#include "engine/core/error.h"

namespace vlmptq {

void throwStopped() {
    throw Error(ErrorKind::Stopped, "E-STOP", "Stopped; the finished layers are kept.",
                "Resume the run to go on.");
}

}
