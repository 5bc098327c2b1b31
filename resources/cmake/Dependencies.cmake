# Finds every library the project uses. A missing one stops the configuration with the package to install.
include(FeatureSummary)

find_package(Threads REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n)
find_package(PNG REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(TURBOJPEG REQUIRED IMPORTED_TARGET libturbojpeg)
pkg_check_modules(WEBP REQUIRED IMPORTED_TARGET libwebp)

# LibTorch's own CMake package marks its headers as ordinary includes and drags flags in; only the engine library sees it.
find_package(Torch REQUIRED)

if(VLMPTQ_STUDIO)
    # QCustomPlotQt6Config has no find_dependency: Qt has to be found first.
    find_package(Qt6 6.4 REQUIRED COMPONENTS Core Gui Widgets PrintSupport Svg)
    find_package(QCustomPlotQt6 REQUIRED)
endif()

if(VLMPTQ_TESTS)
    find_package(GTest REQUIRED)
    if(VLMPTQ_STUDIO)
        find_package(Qt6 REQUIRED COMPONENTS Test)
    endif()
endif()
