// run_folder.h - the run's own compact form (roadmap: the one internal grid that every export only
// re-arranges).
//   <runs>/<id>/run.json                 format, model folder, settings, fingerprint, number of layers
//   <runs>/<id>/layer-003.safetensors    one decoder layer: <module>.codes, .scale, .zero, .g_idx; its
//   metadata has the
//                                        modules in depth order with shape, grid and SHA-256 of their tensors
// Meaning: W^[o, i] = scale[o, k] * (code[o, i] - zero[o, k]) with k = i / group_size, or g_idx[i]
// (formats.md 0). Codes are unsigned 0 … 2^b - 1, packed row by row to b bits, lowest column in the lowest
// bits. A layer file appears complete or not at all (temporary name, fsync, rename): the commit point of a
// run. A run folder has one writer.
#pragma once
#include "engine/checkpoint/packing.h"
#include "engine/core/config.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace vlmptq::checkpoint {

struct QuantizedModule {
    std::string name; // "model.layers.3.mlp.down_proj"
    std::int64_t rows = 0, columns = 0;
    int bits = 0, groupSize = -1;
    bool symmetric = false;
    std::vector<std::uint8_t> codes;      // [rows, columns], one byte each
    std::vector<float> scale;             // [rows, groups]
    std::vector<std::uint8_t> zero;       // [rows, groups]
    std::vector<std::int32_t> groupIndex; // [columns]; empty: column / group size
    std::int64_t groups() const;
};

struct RunManifest {
    std::string modelFolder; // absolute
    RunConfig config;
    std::string fingerprint;
    int layers = 0;
    std::string programVersion;
};

std::filesystem::path layerFile(const std::filesystem::path& runDir, int layer);
void writeManifest(const std::filesystem::path& runDir, const RunManifest&);
RunManifest
readManifest(const std::filesystem::path& runDir); // throws Error (BadInput) naming file and field
bool isRunFolder(const std::filesystem::path&);
void writeLayer(const std::filesystem::path& runDir, int layer, const std::vector<QuantizedModule>&);
// Names, shapes and grids only, from the header of the file: nothing is read of its tensors.
std::vector<QuantizedModule> describeLayer(const std::filesystem::path& runDir, int layer);
std::vector<QuantizedModule> readLayer(const std::filesystem::path& runDir,
                                       int layer); // checked like any file from outside

}
