#include "engine/model/probe_model.h"

#include "engine/core/error.h"
#include "engine/core/file.h"
#include "engine/model/tensor_io.h"
#include "engine/model/vlm.h"

#include <c10/core/InferenceMode.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace vlmptq::model {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr std::string_view kBfloat16Prefix = "bf16_compute/";

std::vector<families::Message> messagesOf(const ordered_json& asked) {
    std::vector<families::Message> messages;
    for (const ordered_json& given : asked.at("messages")) {
        families::Message message;
        message.role = given.at("role").get<std::string>();
        const ordered_json& content = given.at("content");
        message.isPlainString = content.is_string();
        if (message.isPlainString)
            message.parts.push_back({false, content.get<std::string>()});
        else
            for (const ordered_json& part : content) {
                const bool isImage = part.at("type") == "image";
                message.parts.push_back(
                    {isImage, isImage ? std::string() : part.at("text").get<std::string>()});
            }
        messages.push_back(std::move(message));
    }
    return messages;
}

// The options of one "greedy…" object: what it does not say is as in `greedy`; the penalty may stand in its
// name.
GenerateOptions optionsOf(const ordered_json& asked, const std::string& key) {
    ordered_json merged = asked.value("greedy", ordered_json::object());
    merged.update(asked.at(key));
    GenerateOptions options;
    options.maxNewTokens = merged.value("max_new_tokens", options.maxNewTokens);
    options.repetitionPenalty = merged.value("repetition_penalty", options.repetitionPenalty);
    options.endIds = merged.value("eos_token_ids", options.endIds);
    constexpr std::string_view named = "greedy_repetition_penalty_";
    if (key.starts_with(named))
        options.repetitionPenalty = std::stod(key.substr(named.size()));
    return options;
}

at::Tensor idTensor(const std::vector<std::int64_t>& ids) { return at::tensor(ids, at::kLong); }

class ModelProbe {
public:
    explicit ModelProbe(const fs::path& dir)
        : m_dir(dir), m_asked(ordered_json::parse(readFile(dir / "io.json"))),
          m_float32(openModel(dir, {at::kFloat, at::kCPU})) {
        m_float32->keepResident(true);
        if (fs::exists(dir / "io.safetensors"))
            m_golden = checkpoint::SafetensorsFile::open(dir / "io.safetensors");
    }

    api::ProbeResult run(const fs::path& out) {
        api::ProbeResult result;
        ordered_json answer{{"cases", ordered_json::array()}, {"tokenizer_cases", ordered_json::array()}};
        for (const ordered_json& asked : m_asked.at("cases")) {
            try {
                answer["cases"].push_back(runCase(asked));
                ++result.ok;
            } catch (const Error& error) {
                answer["cases"].push_back({{"name", asked.at("name")}, {"error", error.message()}});
                ++result.errors;
            }
        }
        for (const ordered_json& asked : m_asked.value("tokenizer_cases", ordered_json::array()))
            answer["tokenizer_cases"].push_back(runTokenizerCase(asked.at("text").get<std::string>()));
        fs::create_directories(out);
        checkpoint::writeSafetensors(out / "io.safetensors", std::move(m_tensors));
        writeFileAtomically(out / "io.json", answer.dump(1) + "\n");
        return result;
    }

private:
    const Vlm& modelFor(const std::string& name) {
        if (!name.starts_with(kBfloat16Prefix))
            return *m_float32;
        if (!m_bfloat16) {
            m_bfloat16 = openModel(m_dir, {at::kBFloat16, at::kCPU});
            m_bfloat16->keepResident(true);
        }
        return *m_bfloat16;
    }

    void emit(const std::string& name, const at::Tensor& tensor) {
        m_tensors.push_back(toTensorData(name, tensor));
    }

    ordered_json runCase(const ordered_json& asked) {
        const std::string name = asked.at("name").get<std::string>();
        const Vlm& model = modelFor(name);
        std::vector<families::ImageInput> images;
        for (const ordered_json& file : asked.value("images", ordered_json::array()))
            images.push_back(model.processor().prepare(image::decodeFile(m_dir / file.get<std::string>())));
        const auto prompt = model.processor().process(messagesOf(asked), images, false);

        emitPrompt(name, prompt, images);
        if (tracesVision(name, images))
            for (const auto& [part, tensor] : model.traceVision(images))
                emit(name + "/vision/" + part, tensor);
        const at::Tensor imageRows = encode(model, name, images);
        emitDecoder(model, name, prompt, imageRows);
        ordered_json record{{"name", name},
                            {"rendered_text", prompt.renderedText},
                            {"expanded_text", prompt.expandedText},
                            {"num_tokens", prompt.inputIds.size()},
                            {"num_vision_tokens", imageRows.defined() ? imageRows.size(0) : 0}};
        runGreedy(model, asked, prefill(model, prompt, imageRows), record);
        return record;
    }

    void emitPrompt(const std::string& name, const families::ProcessedPrompt& prompt,
                    const std::vector<families::ImageInput>& images) {
        const auto tokens = static_cast<std::int64_t>(prompt.inputIds.size());
        emit(name + "/input_ids", idTensor(prompt.inputIds));
        emit(name + "/position_ids", idTensor(prompt.positionIds).view({prompt.positionRows, tokens}));
        emit(name + "/rope_delta", idTensor({prompt.ropeDelta}));
        emit(name + "/vision_mask", at::tensor(at::ArrayRef<std::uint8_t>(prompt.visionMask), at::kByte));
        if (images.empty())
            return;
        std::vector<at::Tensor> pixels, grids;
        for (const families::ImageInput& image : images) {
            pixels.push_back(
                at::tensor(at::ArrayRef<float>(image.values), at::kFloat).view({image.rows, image.columns}));
            grids.push_back(idTensor({image.grid.begin(), image.grid.end()}));
        }
        emit(name + "/pixel_values", at::cat(pixels));
        emit(name + "/image_grid_thw", at::stack(grids));
    }

    // Where the golden has the tower's inside; without a golden, in the first case with a picture.
    bool tracesVision(const std::string& name, const std::vector<families::ImageInput>& images) {
        if (images.empty())
            return false;
        if (!m_golden)
            return !std::exchange(m_traced, true);
        return m_golden->find(name + "/vision/patch_embed") != nullptr;
    }

    at::Tensor encode(const Vlm& model, const std::string& name,
                      const std::vector<families::ImageInput>& images) {
        if (images.empty())
            return {};
        std::vector<at::Tensor> rows;
        for (const families::ImageInput& image : images)
            rows.push_back(model.encodeImage(image));
        const at::Tensor all = at::cat(rows);
        emit(name + "/image_embeds", all);
        return all;
    }

    void emitDecoder(const Vlm& model, const std::string& name, const families::ProcessedPrompt& prompt,
                     const at::Tensor& imageRows) {
        const DecoderConfig& config = model.config();
        const at::Tensor positions =
            idTensor(prompt.positionIds)
                .view({prompt.positionRows, static_cast<std::int64_t>(prompt.inputIds.size())});
        const Rotary rotation = rotary(config, positions, model.dtype(), model.device());
        emitRotary(config, name, positions);
        at::Tensor hidden = model.embed(prompt, imageRows);
        emit(name + "/inputs_embeds", hidden[0]);
        for (int i = 0; i < config.layers; ++i) {
            hidden = forward(config, *model.layer(i), hidden, rotation);
            emit(name + "/hidden_" + std::to_string(i), hidden[0]);
        }
        emit(name + "/final_norm", model.finalNorm(hidden)[0]);
        emit(name + "/logits", model.logits(atGoldenPositions(name, hidden[0])).to(model.dtype()));
    }

    // The golden has the three rows before they are mixed.
    void emitRotary(const DecoderConfig& config, const std::string& name, const at::Tensor& positions) {
        std::vector<at::Tensor> cosines, sines;
        for (const at::Tensor& row : positions.split(1)) {
            const Rotary rotation = rotary(config, row, at::kFloat, at::kCPU);
            cosines.push_back(rotation.cos);
            sines.push_back(rotation.sin);
        }
        emit(name + "/rope_cos", at::stack(cosines));
        emit(name + "/rope_sin", at::stack(sines));
    }

    at::Tensor atGoldenPositions(const std::string& name, const at::Tensor& hidden) {
        const auto* wanted = m_golden ? m_golden->find(name + "/logits_positions") : nullptr;
        if (!wanted)
            return hidden;
        const at::Tensor positions = tensorFromBytes(m_golden->bytes(*wanted), *wanted).to(at::kLong);
        emit(name + "/logits_positions", positions);
        return hidden.index_select(0, positions);
    }

    void runGreedy(const Vlm& model, const ordered_json& asked, const Prefill& prompt, ordered_json& record) {
        const text::Tokenizer& tokenizer = model.processor().tokenizer();
        for (const auto& [key, value] : asked.items()) {
            if (!key.starts_with("greedy") || !value.is_object())
                continue;
            const GenerateOptions options = optionsOf(asked, key);
            const Generated answer = generate(model, prompt, options);
            record[key] = {{"max_new_tokens", options.maxNewTokens},
                           {"repetition_penalty", options.repetitionPenalty},
                           {"eos_token_ids", options.endIds},
                           {"ids", answer.ids},
                           {"text", tokenizer.decode(answer.ids, true)},
                           {"text_with_special", tokenizer.decode(answer.ids, false)},
                           {"stopped_by_eos", answer.end == AnswerEnd::EndToken}};
            if (key == "greedy")
                emit(record["name"].get<std::string>() + "/greedy_ids", idTensor(answer.ids));
        }
    }

    ordered_json runTokenizerCase(const std::string& text) const {
        const text::Tokenizer& tokenizer = m_float32->processor().tokenizer();
        const std::vector<std::int64_t> ids = tokenizer.encode(text);
        return {{"text", text},
                {"ids", ids},
                {"decoded", tokenizer.decode(ids, false)},
                {"decoded_skip_special", tokenizer.decode(ids, true)}};
    }

    fs::path m_dir;
    ordered_json m_asked;
    std::unique_ptr<Vlm> m_float32, m_bfloat16;
    std::shared_ptr<const checkpoint::SafetensorsFile> m_golden;
    bool m_traced = false;
    std::vector<checkpoint::TensorData> m_tensors;
};

}

api::ProbeResult probeModel(const fs::path& dir, const fs::path& out) {
    c10::InferenceMode inference;
    try {
        return ModelProbe(dir).run(out);
    } catch (const nlohmann::json::exception& error) {
        throw Error(ErrorKind::BadInput, "E-PROBE-01",
                    (dir / "io.json").string() +
                        " does not have the form of a model golden: " + error.what() + ".",
                    "Compare it with tests/golden/models/qwen2_5_vl/io.json.");
    }
}

}
