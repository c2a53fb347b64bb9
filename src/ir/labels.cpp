#include "labels.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"

namespace exmc::ir {
namespace {

/// netCDF allows 256 bytes; a dimension of the output is called `<label>_dim_<axis>`.
constexpr std::size_t kLongestLabel = 240;

/// A combining mark, and the letters that make one character with it.
struct Mark {
  std::string_view mark, letters;
};

/// Of the Latin, Greek and Cyrillic scripts, from the decompositions of the Unicode character database.
// clang-format off
constexpr std::array kMarks{
    Mark{"\u0300", "AEINOUWYaeinouwy¨ÂÊÔÜâêôüĂăĒēŌōƠơƯưΑΕΗΙΟΥΩαεηιουωϊϋЕИеиἀἁἈἉἐἑἘἙἠἡἨἩἰἱἸἹὀὁὈὉὐὑὙὠὡὨὩ᾿῾"},
    Mark{"\u0301", "ACEGIKLMNOPRSUWYZacegiklmnoprsuwyz¨ÂÅÆÇÊÏÔÕØÜâåæçêïôõøüĂăĒēŌōŨũƠơƯưΑΕΗΙΟΥΩαεηιουωϊϋϒГКгкἀἁἈἉἐἑἘἙἠἡἨἩἰἱἸἹὀὁὈὉὐὑὙὠὡὨὩ᾿῾"},
    Mark{"\u0302", "ACEGHIJOSUWYZaceghijosuwyzẠạẸẹỌọ"},
    Mark{"\u0303", "AEINOUVYaeinouvyÂÊÔâêôĂăƠơƯư"},
    Mark{"\u0304", "AEGIOUYaegiouyÄÆÕÖÜäæõöüǪǫȦȧȮȯΑΙΥαιυИУиуḶḷṚṛ"},
    Mark{"\u0306", "AEGIOUaegiouȨȩΑΙΥαιυАЕЖИУаежиуẠạ"},
    Mark{"\u0307", "ABCDEFGHIMNOPRSTWXYZabcdefghmnoprstwxyzŚśŠšſṢṣ"},
    Mark{"\u0308", "AEHIOUWXYaehiotuwxyÕõŪūΙΥιυϒІАЕЖЗИОУЧЫЭаежзиоучыэіӘәӨө"},
    Mark{"\u0309", "AEIOUYaeiouyÂÊÔâêôĂăƠơƯư"},
    Mark{"\u030a", "AUauwy"},
    Mark{"\u030b", "OUouУу"},
    Mark{"\u030c", "ACDEGHIKLNORSTUZacdeghijklnorstuzÜüƷʒ"},
    Mark{"\u030f", "AEIORUaeioruѴѵ"},
    Mark{"\u0311", "AEIORUaeioru"},
    Mark{"\u0313", "ΑΕΗΙΟΩαεηιορυω"},
    Mark{"\u0314", "ΑΕΗΙΟΡΥΩαεηιορυω"},
    Mark{"\u031b", "OUou"},
    Mark{"\u0323", "ABDEHIKLMNORSTUVWYZabdehiklmnorstuvwyzƠơƯư"},
    Mark{"\u0324", "Uu"},
    Mark{"\u0325", "Aa"},
    Mark{"\u0326", "STst"},
    Mark{"\u0327", "CDEGHKLNRSTcdeghklnrst"},
    Mark{"\u0328", "AEIOUaeiou"},
    Mark{"\u032d", "DELNTUdelntu"},
    Mark{"\u032e", "Hh"},
    Mark{"\u0330", "EIUeiu"},
    Mark{"\u0331", "BDKLNRTZbdhklnrtz"},
    Mark{"\u0338", "<=>←→↔⇐⇒⇔∃∈∋∣∥∼≃≅≈≍≡≤≥≲≳≶≷≺≻≼≽⊂⊃⊆⊇⊑⊒⊢⊨⊩⊫⊲⊳⊴⊵"},
    Mark{"\u0342", "¨αηιυωϊϋἀἁἈἉἠἡἨἩἰἱἸἹὐὑὙὠὡὨὩ᾿῾"},
    Mark{"\u0345", "ΑΗΩάήαηωώἀἁἂἃἄἅἆἇἈἉἊἋἌἍἎἏἠἡἢἣἤἥἦἧἨἩἪἫἬἭἮἯὠὡὢὣὤὥὦὧὨὩὪὫὬὭὮὯὰὴὼᾶῆῶ"},
};
// clang-format on

std::size_t length_of_character(std::string_view text) {
  std::size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) ++length;
  return length;
}

/// Whether a letter and the mark after it have a character of their own: then the text is not in Unicode's composed
/// form (NFC), in which netCDF has names, and equal labels could differ.
bool is_decomposed(std::string_view text) {
  std::string_view before;
  while (!text.empty()) {
    const std::string_view character = text.substr(0, length_of_character(text));
    const auto* const found = std::ranges::find(kMarks, character, &Mark::mark);
    if (found != kMarks.end() && !before.empty() && found->letters.find(before) != std::string_view::npos) return true;
    before = character;
    text.remove_prefix(character.size());
  }
  return false;
}

bool has_control_characters(const std::string& label) {
  return std::ranges::any_of(label, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

void check_dimensions(const std::string& label, const std::vector<std::string>& dims, const std::string& where) {
  if (std::ranges::find(dims, label) == dims.end()) return;
  throw InputError(where, "the label " + in_quotes(label) + " is taken by the dimension of that name");
}

}  // namespace

std::string read_label(const json::Value& value) {
  std::string label = value.string("a text");
  if (label.empty()) value.refuse("found an empty label");
  if (label.size() > kLongestLabel) {
    value.refuse("the label has " + std::to_string(label.size()) + " bytes, at most " + std::to_string(kLongestLabel) +
                 " are allowed");
  }
  if (label.find('/') != std::string::npos) value.refuse("found a /, which separates groups in HDF5 files");
  if (label == "." || label == "..")
    value.refuse("found " + in_quotes(label) + ", which is a group's own name in HDF5 files");
  if (has_control_characters(label)) value.refuse("found a control character in a label");
  if (label.front() == ' ' || label.back() == ' ')
    value.refuse("found a space at an end of a label, which netCDF does not allow");
  if (label == "chain" || label == "draw" || label.find("_dim_") != std::string::npos) {
    value.refuse("the label " + in_quotes(label) +
                 " is taken by a dimension of the output (chain, draw and *_dim_* are)");
  }
  if (is_decomposed(label)) {
    value.refuse("the label " + in_quotes(label) +
                 " is not in Unicode's composed form (NFC): write a letter with its "
                 "accent as one character");
  }
  return label;
}

void check_labels(const Model& model, const std::string& nodes) {
  std::map<std::string, const Node*> taken;
  for (const Node& node : model.nodes) taken.emplace(node.name, &node);
  for (const Node& node : model.nodes) {
    if (node.label.empty()) continue;
    const std::string where = nodes + "." + node.name + ".label";
    const auto [other, added] = taken.try_emplace(node.label, &node);
    if (!added && other->second != &node) {
      throw InputError(
          where, "the label " + in_quotes(node.label) + " is taken by the node " + in_quotes(other->second->name));
    }
    for (const Node& each : model.nodes) check_dimensions(node.label, each.dims, where);
    for (const auto& [data, dims] : model.data_dims) check_dimensions(node.label, dims, where);
  }
}

}  // namespace exmc::ir
