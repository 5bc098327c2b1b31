// textvqa_words.h - the word replacements of the VQA answer processor (golden/scoring/vqa_words.json). Pure.
#pragma once
#include <string>

namespace vlmptq::evaluation::textvqa {

std::string digitOf(const std::string& word); // "two" -> "2"; other words as they are
bool isArticle(const std::string& word);
std::string withApostrophe(const std::string& word); // "dont" -> "don't"; other words as they are

}
