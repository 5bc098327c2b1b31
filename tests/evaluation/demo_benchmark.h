// demo_benchmark.h - a small benchmark file cut from the demo's, whose rows a test may change; asked of the
// demo model by a Runner as the engine does it.
#pragma once
#include "engine/core/file.h"
#include "engine/evaluation/model_identity.h"
#include "engine/evaluation/runner.h"
#include "support/golden.h"
#include "support/scratch_folder.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

namespace vlmptq::evaluation {

class EventList : public EventSink {
public:
    void onEvent(const Event& event) override {
        if (const auto* item = std::get_if<event::ItemFinished>(&event))
            items.push_back(item->item);
        if (const auto* warning = std::get_if<event::Warning>(&event))
            warnings.push_back(*warning);
        if (react)
            react();
    }
    std::vector<EvalItem> items;
    std::vector<event::Warning> warnings;
    std::function<void()> react;
};

class DemoBenchmark : public testing::Test {
protected:
    static constexpr const char* kName = "DemoChart.tsv";

    static void SetUpTestSuite() {
        s_model = model::openModel(test::demoDir() / "model", {at::kFloat, at::kCPU});
        s_model->keepResident(true);
    }
    static void TearDownTestSuite() { s_model.reset(); }

    DemoBenchmark() { // the header and the first four rows
        std::ifstream whole(test::demoDir() / "bench" / kName);
        for (std::string line; m_lines.size() < 5 && std::getline(whole, line);)
            m_lines.push_back(line);
        write();
    }
    // Replaces the first occurrence of `from` in data row `row` (from 1).
    void change(std::size_t row, const std::string& from, const std::string& to) {
        std::string& line = m_lines.at(row);
        const auto at = line.find(from);
        ASSERT_NE(at, std::string::npos) << from;
        write(row, line.replace(at, from.size(), to));
    }
    std::string cell(std::size_t row, const std::string& column) const {
        std::istringstream names(m_lines[0]), cells(m_lines.at(row));
        for (std::string name, text; std::getline(names, name, '\t') && std::getline(cells, text, '\t');)
            if (name == column)
                return text;
        throw std::runtime_error("no column " + column);
    }
    BenchmarkScore evaluate(const OpenOptions& how = {}) { return evaluate(folder / kName, how); }
    BenchmarkScore evaluate(const std::filesystem::path& file, const OpenOptions& how = {}) {
        const auto benchmark = openBenchmark(file, how);
        const auto identity =
            identityOf(*s_model, test::demoDir() / "model", place(request.device), std::stop_token());
        Workers workers(2);
        ImageCache images(1 << 20);
        seen.items.clear();
        seen.warnings.clear();
        return Runner(*s_model, workers, images, identity, request).run(*benchmark, seen, stop.get_token());
    }

    test::ScratchFolder folder;
    api::EvaluateRequest request;
    EventList seen;
    std::stop_source stop;
    inline static std::unique_ptr<model::Vlm> s_model;

private:
    void write(std::size_t row = 0, const std::string& line = {}) {
        if (row > 0)
            m_lines[row] = line;
        std::ofstream file(folder / kName);
        for (const auto& text : m_lines)
            file << text << '\n';
    }
    std::vector<std::string> m_lines;
};

}
