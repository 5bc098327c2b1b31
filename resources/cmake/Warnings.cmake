# One interface target with the warnings every own target is built with.
add_library(vlmptq_warnings INTERFACE)
target_compile_options(vlmptq_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
    -Wno-missing-field-initializers) # designated initialisers leave the defaults on purpose
