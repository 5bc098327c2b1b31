#include "engine/checkpoint/run_folder.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/core/file.h"
#include "support/error_of.h"
#include "support/scratch_folder.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <functional>
#include <random>

namespace vlmptq::checkpoint {
namespace {

using namespace test;

QuantizedModule module(const std::string& name, int bits, int groupSize, std::int64_t rows = 3,
                       std::int64_t columns = 21) {
    std::mt19937 random(static_cast<unsigned>(bits));
    QuantizedModule result{.name = name,
                           .rows = rows,
                           .columns = columns,
                           .bits = bits,
                           .groupSize = groupSize,
                           .symmetric = false,
                           .codes = {},
                           .scale = {},
                           .zero = {},
                           .groupIndex = {}};
    for (std::int64_t i = 0; i < rows * columns; ++i)
        result.codes.push_back(static_cast<std::uint8_t>(random() % (1u << bits)));
    for (std::int64_t i = 0; i < rows * result.groups(); ++i) {
        result.scale.push_back(1e-3f * static_cast<float>(1 + random() % 1000));
        result.zero.push_back(static_cast<std::uint8_t>(random() % (1u << bits)));
    }
    return result;
}

void expectEqual(const QuantizedModule& a, const QuantizedModule& b) {
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(std::tie(a.rows, a.columns, a.bits, a.groupSize, a.symmetric),
              std::tie(b.rows, b.columns, b.bits, b.groupSize, b.symmetric));
    EXPECT_EQ(a.codes, b.codes);
    EXPECT_EQ(a.scale, b.scale);
    EXPECT_EQ(a.zero, b.zero);
    EXPECT_EQ(a.groupIndex, b.groupIndex);
}

TEST(RunFolder, KeepsLayersAtEveryWidthInDepthOrder) {
    const ScratchFolder folder;
    std::vector<QuantizedModule> modules;
    for (int bits = 2; bits <= 8; ++bits)
        modules.push_back(module(std::string(1, static_cast<char>('z' - bits)), bits, bits % 2 ? -1 : 8));
    modules[1].groupIndex.assign(21, 0);
    modules[2].symmetric = true;
    modules[2].zero.assign(modules[2].zero.size(), 8);
    writeLayer(folder.path(), 3, modules);
    EXPECT_TRUE(std::filesystem::exists(folder / "layer-003.safetensors"));
    const auto back = readLayer(folder.path(), 3);
    ASSERT_EQ(back.size(), modules.size());
    for (std::size_t i = 0; i < back.size(); ++i)
        expectEqual(back[i], modules[i]);
}

TEST(RunFolder, WritesTheSameBytesForTheSameLayer) {
    const ScratchFolder first, second;
    const std::vector modules{module("b", 3, 8), module("a", 4, -1)};
    writeLayer(first.path(), 0, modules);
    writeLayer(second.path(), 0, modules);
    EXPECT_TRUE(readFile(layerFile(first.path(), 0)) == readFile(layerFile(second.path(), 0)));
}

TEST(RunFolder, PacksCodesDensely) {
    const ScratchFolder folder;
    writeLayer(folder.path(), 0, {module("m", 3, -1, 64, 256)});
    const auto file = SafetensorsFile::open(layerFile(folder.path(), 0));
    EXPECT_EQ(file->find("m.codes")->shapeText(), "[64, 96]");
}

TEST(RunFolder, RefusesToWriteWhatIsNoGrid) {
    const ScratchFolder folder;
    const auto refused = [&](const std::function<void(QuantizedModule&)>& damage, const std::string& reason) {
        auto bad = module("m", 3, 8);
        damage(bad);
        EXPECT_THAT(errorOf([&] { writeLayer(folder.path(), 0, {bad}); }).what(), testing::HasSubstr(reason));
    };
    refused([](auto& m) { m.codes[5] = 8; }, "code above 7");
    refused([](auto& m) { m.zero[0] = 8; }, "zero point above 7");
    refused([](auto& m) { m.symmetric = true; }, "symmetric");
    refused([](auto& m) { m.scale[0] = 0; }, "scale");
    refused([](auto& m) { m.scale[0] = NAN; }, "scale");
    refused([](auto& m) { m.codes.pop_back(); }, "other sizes");
    refused([](auto& m) { m.groupIndex.assign(21, 3); }, "group index outside 0 to 2");
    refused([](auto& m) { m.bits = 9; }, "9 bits");
    refused([](auto& m) { m.groupSize = 0; }, "group size 0");
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

// A layer file with one module, damaged in a way that leaves a valid safetensors file.
class DamagedLayer : public testing::Test {
protected:
    DamagedLayer() { writeLayer(m_folder.path(), 0, {module("m", 3, 8)}); }

    using Tensors = std::map<std::string, TensorData>;
    void rewrite(const std::function<void(Tensors&, nlohmann::json& description)>& damage) {
        Tensors tensors;
        std::map<std::string, std::string> metadata;
        {
            const auto file = SafetensorsFile::open(path());
            metadata = file->metadata();
            for (const auto& tensor : file->tensors()) {
                const auto bytes = file->bytes(tensor);
                tensors[tensor.name] = {tensor, {bytes.begin(), bytes.end()}};
            }
        }
        auto list = nlohmann::json::parse(metadata.at("modules"));
        damage(tensors, list[0]);
        metadata["modules"] = list.dump();
        std::vector<TensorData> kept;
        for (auto& [name, tensor] : tensors)
            kept.push_back(std::move(tensor));
        writeSafetensors(path(), std::move(kept), metadata);
    }
    void expectRefused(const std::string& reason) {
        const auto error = errorOf([&] { readLayer(m_folder.path(), 0); });
        expectRefusal(error, "E-RUN-02", reason);
        EXPECT_THAT(error.what(), testing::HasSubstr("layer-000.safetensors"));
    }
    std::filesystem::path path() const { return layerFile(m_folder.path(), 0); }

    ScratchFolder m_folder;
};

TEST_F(DamagedLayer, IsFoundByItsChecksum) {
    auto content = readFile(path());
    content[content.size() - 30] ^= 1;
    writeFileAtomically(path(), content);
    expectRefused("module 'm' does not match its checksum");
}

TEST_F(DamagedLayer, IsRefusedWhenCutOff) {
    std::filesystem::resize_file(path(), std::filesystem::file_size(path()) - 1);
    expectRefusal(errorOf([&] { readLayer(m_folder.path(), 0); }), "E-CKPT-03", "is cut off");
}

TEST_F(DamagedLayer, IsRefusedWithATensorOfAnotherShape) {
    rewrite([](Tensors& tensors, auto&) { tensors["m.scale"].info.shape = {9}; });
    expectRefused("tensor .scale of F32 [9]; expected is F32 [3, 3]");
}

TEST_F(DamagedLayer, IsRefusedWithoutATensor) {
    rewrite([](Tensors& tensors, auto&) { tensors.erase("m.zero"); });
    expectRefused("module 'm' has no tensor .zero");
}

TEST_F(DamagedLayer, IsRefusedWithAForeignTensor) {
    rewrite([](Tensors& tensors, auto&) {
        tensors["x"] = tensors["m.zero"];
        tensors["x"].info.name = "x";
    });
    expectRefused("tensors that belong to no module");
}

TEST_F(DamagedLayer, IsRefusedWithCodesBehindTheRow) {
    rewrite([](Tensors& tensors, auto&) { tensors["m.codes"].bytes.back() |= std::byte{0x80}; });
    expectRefused("bits after the codes");
}

TEST_F(DamagedLayer, IsRefusedWithAnImpossibleDescription) {
    rewrite([](auto&, nlohmann::json& description) { description["bits"] = 1; });
    expectRefused("has 1 bits");
    rewrite([](auto&, nlohmann::json& description) {
        description["bits"] = 3, description["columns"] = std::int64_t{1} << 60;
    });
    expectRefused("too many columns");
    rewrite(
        [](auto&, nlohmann::json& description) { description["columns"] = 21, description["rows"] = -3; });
    expectRefused("no rows");
    rewrite([](auto&, nlohmann::json& description) { description["rows"] = "three"; });
    expectRefused("not described");
    rewrite([](auto&, nlohmann::json& description) { description = {{"name", "m"}}; });
    expectRefused("not described");
}

TEST_F(DamagedLayer, IsRefusedWithoutListOfModules) {
    writeSafetensors(path(), {});
    expectRefused("has no list of modules");
}

TEST_F(DamagedLayer, IsReplacedWithItsLeftovers) {
    std::ofstream(m_folder / "layer-000.safetensors.tmp-1-1") << "half";
    writeLayer(m_folder.path(), 0, {module("m", 3, 8)});
    EXPECT_FALSE(std::filesystem::exists(m_folder / "layer-000.safetensors.tmp-1-1"));
    EXPECT_EQ(readLayer(m_folder.path(), 0).size(), 1u);
}

RunManifest someManifest() {
    RunManifest manifest;
    manifest.modelFolder = "/models/demo";
    manifest.config.model = "/models/demo";
    manifest.config.quant.method = "gptaq";
    manifest.config.quant.weightBits = 4;
    manifest.config.quant.groupSize = 64;
    manifest.config.calib.samples = 12;
    manifest.fingerprint = "abc";
    manifest.layers = 6;
    manifest.programVersion = "0.1.0";
    return manifest;
}

TEST(RunManifest, ComesBack) {
    const ScratchFolder folder;
    EXPECT_FALSE(isRunFolder(folder.path()));
    writeManifest(folder.path(), someManifest());
    EXPECT_TRUE(isRunFolder(folder.path()));
    const auto back = readManifest(folder.path());
    EXPECT_EQ(back.modelFolder, "/models/demo");
    EXPECT_EQ(back.config.quant.method, "gptaq");
    EXPECT_EQ(back.config.quant.weightBits, 4);
    EXPECT_EQ(back.config.quant.groupSize, 64);
    EXPECT_EQ(back.config.calib.samples, 12);
    EXPECT_EQ(back.fingerprint, "abc");
    EXPECT_EQ(back.layers, 6);
    EXPECT_EQ(back.programVersion, "0.1.0");
}

TEST(RunManifest, NamesFileAndFieldOfWhatIsWrong) {
    const ScratchFolder folder;
    const auto refused = [&](const std::function<void(nlohmann::json&)>& damage, const std::string& reason) {
        writeManifest(folder.path(), someManifest());
        auto object = nlohmann::json::parse(readFile(folder / "run.json"));
        damage(object);
        writeFileAtomically(folder / "run.json", object.dump());
        const auto error = errorOf([&] { readManifest(folder.path()); });
        expectRefusal(error, "E-RUN-01", reason);
        EXPECT_THAT(error.what(), testing::HasSubstr("run.json"));
    };
    refused([](auto& object) { object.erase("fingerprint"); }, "no field 'fingerprint'");
    refused([](auto& object) { object["layers"] = "six"; }, "field 'layers' that cannot be used");
    refused([](auto& object) { object["layers"] = 0; }, "0 in field 'layers'");
    refused([](auto& object) { object["format"] = "other"; }, "is not a vlmptq-run file");
    refused([](auto& object) { object["version"] = 2; }, "has version 2");
    refused([](auto& object) { object = nlohmann::json::array(); }, "is not a vlmptq-run file");
    writeFileAtomically(folder / "run.json", "{");
    expectRefusal(errorOf([&] { readManifest(folder.path()); }), "E-RUN-01", "not valid JSON");
    std::filesystem::remove(folder / "run.json");
    expectRefusal(errorOf([&] { readManifest(folder.path()); }), "E-FILE-01", "run.json");
}

}
}
