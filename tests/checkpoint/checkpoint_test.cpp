#include "checkpoint/raw_file.h"
#include "engine/checkpoint/checkpoint.h"
#include "support/error_of.h"
#include "support/golden.h"
#include "support/scratch_folder.h"

namespace vlmptq::checkpoint {
namespace {

using namespace test;
using nlohmann::json;

constexpr const char* kIndexName = "model.safetensors.index.json";

// A valid folder of two shards with the tensors a, b and c; tests damage it.
class CheckpointFolder : public testing::Test {
protected:
    CheckpointFolder() {
        write("config.json",
              R"({"model_type":"qwen2_5_vl","architectures":["Qwen2_5_VLForConditionalGeneration"]})");
        writeShard("model-00001-of-00002.safetensors",
                   R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
                   R"("c":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}})",
                   3);
        writeShard("model-00002-of-00002.safetensors",
                   R"({"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 4);
        m_weightMap = {{"a", "model-00001-of-00002.safetensors"},
                       {"b", "model-00002-of-00002.safetensors"},
                       {"c", "model-00001-of-00002.safetensors"}};
        writeIndex();
    }

    void write(const std::string& name, const std::string& content) {
        writeFileAtomically(m_folder / name, content);
    }
    void writeShard(const std::string& name, const std::string& header, std::size_t bytes) {
        writeSafetensorsText(m_folder / name, header, bytes);
    }
    void writeIndex() {
        write(kIndexName, json{{"metadata", {{"total_size", 7}}}, {"weight_map", m_weightMap}}.dump());
    }
    void remove(const std::string& name) { std::filesystem::remove(m_folder / name); }
    std::shared_ptr<const Checkpoint> open() { return Checkpoint::open(m_folder.path()); }
    void expectRefused(const std::string& id, const std::string& part) {
        expectRefusal(errorOf([&] { open(); }), id, part);
    }
    std::vector<std::int64_t> endIds(const std::string& config) {
        write("config.json", config);
        return open()->endTokenIds();
    }

    ScratchFolder m_folder;
    json m_weightMap;
};

TEST_F(CheckpointFolder, JoinsAllShardsUnderOneNameSpace) {
    const auto checkpoint = open();
    std::string names;
    for (const auto* tensor : checkpoint->tensors())
        names += tensor->name;
    EXPECT_EQ(names, "abc");
    EXPECT_EQ(checkpoint->files().size(), 2u);
    EXPECT_EQ(checkpoint->tensorBytes(), 7u);
    EXPECT_EQ(checkpoint->bytes(checkpoint->require("b")).size(), 4u);
    EXPECT_EQ(checkpoint->bytes(*checkpoint->find("c"))[0], std::byte{2});
    EXPECT_EQ(checkpoint->find("absent"), nullptr);
    expectRefusal(errorOf([&] { checkpoint->require("absent"); }), "E-CKPT-10", "no tensor 'absent'");
}

TEST_F(CheckpointFolder, ReadsASingleFileWithoutIndex) {
    remove(kIndexName);
    writeShard("model.safetensors", R"({"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1);
    EXPECT_EQ(open()->tensors().size(), 1u);
}

TEST_F(CheckpointFolder, KeepsTheOrderOfTheConfiguration) {
    write("config.json", R"({"z":1,"a":{"y":2,"b":3}})");
    EXPECT_EQ(open()->config().dump(), R"({"z":1,"a":{"y":2,"b":3}})");
}

TEST_F(CheckpointFolder, OffersCompanionFiles) {
    write("chat_template.jinja", "{{ messages }}");
    write("preprocessor_config.json", R"({"patch_size":14})");
    write("broken.json", "{\"a\": 1,\n \"b\": }");
    const auto checkpoint = open();
    EXPECT_EQ(checkpoint->text("chat_template.jinja"), "{{ messages }}");
    EXPECT_EQ(checkpoint->json("preprocessor_config.json")->at("patch_size"), 14);
    EXPECT_FALSE(checkpoint->json("absent.json"));
    EXPECT_FALSE(checkpoint->text("absent.txt"));
    const auto error = errorOf([&] { checkpoint->json("broken.json"); });
    expectRefusal(error, "E-CKPT-02", "line 2");
    EXPECT_THAT(error.what(), testing::HasSubstr("broken.json"));
}

TEST_F(CheckpointFolder, RefusesAFolderThatIsNone) {
    expectRefusal(errorOf([&] { Checkpoint::open(m_folder / "absent"); }), "E-CKPT-01", "does not exist");
    expectRefusal(errorOf([&] { Checkpoint::open(m_folder / "config.json"); }), "E-CKPT-01", "is a file");
    const ScratchFolder empty;
    std::filesystem::create_directory(empty / "model");
    expectRefusal(errorOf([&] { Checkpoint::open(empty / "model"); }), "E-CKPT-01", "is empty");
}

TEST_F(CheckpointFolder, RefusesAMissingConfiguration) {
    remove("config.json");
    expectRefused("E-CKPT-01", "has no config.json");
}

TEST_F(CheckpointFolder, NamesFileAndPositionOfWrongJson) {
    write("config.json", "{\n  \"hidden_size\": 64,\n  \"layers\" 2\n}");
    const auto error = errorOf([&] { open(); });
    expectRefusal(error, "E-CKPT-02", "line 3, column 12");
    EXPECT_THAT(error.what(), testing::HasSubstr((m_folder / "config.json").string()));
    write("config.json", "[]");
    expectRefused("E-CKPT-02", "not a JSON object");
}

TEST_F(CheckpointFolder, RefusesAMissingShard) {
    remove("model-00002-of-00002.safetensors");
    expectRefused("E-CKPT-04", "model-00002-of-00002.safetensors is missing; the index names it");
}

TEST_F(CheckpointFolder, RefusesATruncatedShardWithItsSizes) {
    const auto shard = m_folder / "model-00002-of-00002.safetensors";
    std::filesystem::resize_file(shard, std::filesystem::file_size(shard) - 1);
    expectRefused("E-CKPT-03", "3 of 4 bytes");
}

TEST_F(CheckpointFolder, RefusesATensorThatTheIndexDoesNotName) {
    m_weightMap.erase("c");
    writeIndex();
    expectRefused("E-CKPT-05", "does not name tensor 'c', which is in model-00001-of-00002.safetensors");
}

TEST_F(CheckpointFolder, RefusesATensorThatIsNotInItsShard) {
    m_weightMap["d"] = "model-00002-of-00002.safetensors";
    writeIndex();
    expectRefused("E-CKPT-05", "places tensor 'd' in model-00002-of-00002.safetensors, but it is not there");
}

TEST_F(CheckpointFolder, RefusesATensorInAnotherShard) {
    m_weightMap["a"] = "model-00002-of-00002.safetensors";
    writeIndex();
    expectRefused("E-CKPT-05",
                  "places tensor 'a' in model-00002-of-00002.safetensors, but it is in model-00001");
}

TEST_F(CheckpointFolder, RefusesTheSameTensorInTwoShards) {
    writeShard("model-00002-of-00002.safetensors",
               R"({"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
               R"("c":{"dtype":"U8","shape":[1],"data_offsets":[4,5]}})",
               5);
    expectRefused("E-CKPT-05", "'c'");
}

TEST_F(CheckpointFolder, RefusesATensorNamedTwiceInTheIndex) {
    write(kIndexName, R"({"weight_map":{"a":"x.safetensors","a":"y.safetensors"}})");
    expectRefused("E-CKPT-02", "\"a\" occurs twice");
}

TEST_F(CheckpointFolder, RefusesShardNamesThatArePaths) {
    for (const std::string name : {"../model.safetensors", "/etc/passwd", "sub/x.safetensors",
                                   "sub\\x.safetensors", "..", "C:x.safetensors", ""}) {
        m_weightMap["a"] = name;
        writeIndex();
        expectRefused("E-CKPT-05", "not a plain file name");
    }
}

TEST_F(CheckpointFolder, RefusesAnIndexWithoutMap) {
    write(kIndexName, R"({"metadata":{}})");
    expectRefused("E-CKPT-05", "has no object 'weight_map'");
    write(kIndexName, R"({"weight_map":{"a":7}})");
    expectRefused("E-CKPT-05", "names no file for tensor 'a'");
}

TEST_F(CheckpointFolder, RefusesAnIndexBesideAnotherSingleFile) {
    writeShard("model.safetensors", R"({"x":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1);
    expectRefused("E-CKPT-05", "does not name model.safetensors");
}

TEST_F(CheckpointFolder, RefusesShardsWithoutIndex) {
    remove(kIndexName);
    expectRefused("E-CKPT-04", "neither model.safetensors nor model.safetensors.index.json");
}

TEST_F(CheckpointFolder, RefusesPyTorchWeights) {
    remove(kIndexName);
    remove("model-00001-of-00002.safetensors");
    remove("model-00002-of-00002.safetensors");
    expectRefused("E-CKPT-04", "no weights");
    write("pytorch_model.bin", "PK");
    expectRefused("E-CKPT-09", "only PyTorch weights (pytorch_model.bin)");
}

TEST_F(CheckpointFolder, RefusesGitLfsPointers) {
    const std::string pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n";
    write("model-00001-of-00002.safetensors", pointer);
    expectRefused("E-CKPT-08", "model-00001-of-00002.safetensors is a Git LFS pointer");
    write("config.json", pointer);
    expectRefused("E-CKPT-08", "config.json is a Git LFS pointer");
}

TEST_F(CheckpointFolder, RefusesAModelWithoutTensors) {
    remove(kIndexName);
    writeShard("model.safetensors", "{}", 0);
    expectRefused("E-CKPT-11", "has no tensors");
}

TEST_F(CheckpointFolder, TakesEndIdsFromTheGenerationFileFirst) {
    write("generation_config.json", R"({"eos_token_id":[5,6]})");
    EXPECT_EQ(endIds(R"({"eos_token_id":7})"), (std::vector<std::int64_t>{5, 6}));
    write("generation_config.json", R"({"eos_token_id":4})");
    EXPECT_EQ(endIds(R"({"eos_token_id":7})"), (std::vector<std::int64_t>{4}));
}

TEST_F(CheckpointFolder, TakesEndIdsFromFlatAndNestedConfigurations) {
    EXPECT_EQ(endIds(R"({"eos_token_id":7})"), (std::vector<std::int64_t>{7}));
    EXPECT_EQ(endIds(R"({"eos_token_id":7,"text_config":{"eos_token_id":[8,9]}})"),
              (std::vector<std::int64_t>{8, 9}));
    EXPECT_EQ(endIds(R"({"llm_config":{"eos_token_id":10}})"), (std::vector<std::int64_t>{10}));
    EXPECT_TRUE(endIds(R"({"eos_token_id":null})").empty());
    write("config.json", R"({"eos_token_id":"<|im_end|>"})");
    expectRefusal(errorOf([&] { open()->endTokenIds(); }), "E-CKPT-12",
                  "eos_token_id in config.json is \"<|im_end|>\"");
}

TEST(Checkpoint, OpensEveryReferenceModel) {
    int models = 0;
    for (const auto& entry : std::filesystem::directory_iterator(goldenDir() / "models")) {
        if (!std::filesystem::exists(entry.path() / "config.json"))
            continue;
        const auto checkpoint = Checkpoint::open(entry.path());
        EXPECT_FALSE(checkpoint->endTokenIds().empty()) << entry.path();
        EXPECT_FALSE(architectureOf(checkpoint->config()).empty()) << entry.path();
        ++models;
    }
    EXPECT_EQ(models, 10);
}

TEST(Checkpoint, JoinsTheShardsOfAReferenceModel) {
    const auto checkpoint = Checkpoint::open(goldenDir() / "models" / "qwen2_5_vl-newnames-sharded");
    EXPECT_EQ(checkpoint->files().size(), 3u);
    const auto index = checkpoint->json("model.safetensors.index.json");
    EXPECT_EQ(checkpoint->tensors().size(), index->at("weight_map").size());
    EXPECT_EQ(checkpoint->tensorBytes(), index->at("metadata").at("total_size").get<std::uint64_t>());
}

TEST(Architecture, IsTheFirstOneOrTheModelType) {
    using nlohmann::ordered_json;
    EXPECT_EQ(architectureOf(ordered_json::parse(R"({"model_type":"m","architectures":["A","B"]})")), "A");
    EXPECT_EQ(architectureOf(ordered_json::parse(R"({"model_type":"m","architectures":[]})")), "m");
    expectRefusal(errorOf([] { architectureOf(ordered_json::parse("{}")); }), "E-CKPT-13", "architectures");
}

}
}
