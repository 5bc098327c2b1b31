// help.h - the text of `vlmptq help …`: what it does, examples, then arguments and options in their groups.
#pragma once
#include <CLI/CLI.hpp>

#include <string>

namespace vlmptq::cli {

inline constexpr const char* kSharedGroup = "Output"; // of the options every command takes

// Examples and notes travel in the application's footer, in this form.
std::string packFooter(const std::vector<std::string>& examples, const std::string& notes);

std::string helpText(const CLI::App&); // of this command, whatever else was named

class HelpFormatter : public CLI::FormatterBase {
public:
    std::string make_help(const CLI::App*, std::string name, CLI::AppFormatMode) const override;
};

std::vector<std::string>
optionNames(const CLI::Option&); // "-b", "--bits", "--no-sym"; empty for a positional

}
