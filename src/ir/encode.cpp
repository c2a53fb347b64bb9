#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string_view>

#include "exmc/core/error.hpp"
#include "exmc/core/hash.hpp"
#include "exmc/ir/model.hpp"
#include "factors.hpp"
#include "json/difference.hpp"
#include "model_parser.hpp"

namespace exmc::ir {
namespace {

static_assert(std::numeric_limits<double>::is_iec559);

constexpr std::string_view kMagic = "exmc-model-1";
constexpr std::size_t kMostAxes = 100;

/// Appends values as little-endian bytes, texts and lists after their length.
class Writer {
 public:
  void integer(std::uint64_t value) {
    for (unsigned shift = 0; shift < 64; shift += 8) bytes_ += static_cast<char>((value >> shift) & 0xFFU);
  }
  void text(std::string_view value) {
    integer(value.size());
    bytes_ += value;
  }
  void array(const Array& value) {
    integer(value.shape.size());
    for (const std::size_t length : value.shape) integer(length);
    bytes_.reserve(bytes_.size() + 8 * value.values.size());
    for (const double x : value.values) integer(std::bit_cast<std::uint64_t>(x));
  }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads what Writer wrote; whatever the bytes are, it stays within them.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t integer() {
    const std::string_view eight = take(8);
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 8; ++i) value |= std::uint64_t{static_cast<unsigned char>(eight[i])} << (8 * i);
    return value;
  }
  std::string text() { return std::string(take(integer())); }
  Array array() {
    Array value;
    const std::uint64_t axes = integer();
    if (axes > kMostAxes) corrupt();
    for (std::uint64_t axis = 0; axis < axes; ++axis) value.shape.push_back(integer());
    const bool empty = std::ranges::find(value.shape, 0U) != value.shape.end();
    std::uint64_t count = empty ? 0 : 1;
    for (const std::size_t length : value.shape) {
      if (count > 0 && count > bytes_.size() / 8 / length) corrupt();
      count *= length;
    }
    if (count > bytes_.size() / 8) corrupt();
    value.values.resize(count);
    for (double& x : value.values) x = std::bit_cast<double>(integer());
    return value;
  }
  [[nodiscard]] bool at_end() const { return bytes_.empty(); }
  [[noreturn]] static void corrupt() { throw std::logic_error("the bytes of an encoded model are corrupt"); }

 private:
  std::string_view take(std::uint64_t count) {
    if (count > bytes_.size()) corrupt();
    const std::string_view taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }

  std::string_view bytes_;
};

std::string encode_data(const Model& model) {
  Writer writer;
  writer.integer(model.data.size());
  for (const auto& [name, array] : model.data) {
    writer.text(name);
    writer.array(array);
  }
  for (const auto& [dimension, levels] : model.levels) {
    writer.text(dimension);
    writer.integer(levels.size());
    for (const std::string& level : levels) writer.text(level);
  }
  return writer.take();
}

void read_levels(Reader& reader, Model& model) {
  while (!reader.at_end()) {
    std::vector<std::string>& levels = model.levels[reader.text()];
    const std::uint64_t count = reader.integer();
    for (std::uint64_t i = 0; i < count; ++i) levels.push_back(reader.text());
  }
}

}  // namespace

std::string encode(const Model& model) {
  Writer writer;
  for (const std::string_view text :
       {kMagic, std::string_view(model.source), std::string_view(model.name), std::string_view(model.text)}) {
    writer.text(text);
  }
  const std::string data = encode_data(model);
  writer.integer(fnv1a(data));
  return writer.take() + data;
}

Model decode(const std::string& bytes) {
  Reader reader(bytes);
  if (reader.text() != kMagic) Reader::corrupt();
  Model model;
  model.source = reader.text();
  const std::string name = reader.text();
  const std::string text = reader.text();
  const std::uint64_t hash = reader.integer();
  const std::uint64_t entries = reader.integer();
  for (std::uint64_t i = 0; i < entries; ++i) {
    std::string entry = reader.text();
    model.data.insert_or_assign(std::move(entry), reader.array());
  }
  read_levels(reader, model);
  if (model.data.size() != entries || data_hash(model) != hash) Reader::corrupt();
  try {
    const json::Json root = json::parse(text, model.source);
    (void)parse_model(json::Value(root, model.source), name, model);
  } catch (const Error&) {
    Reader::corrupt();
  }
  if (model.text != text) Reader::corrupt();
  model.name = name;
  label_with_levels(model);
  return model;
}

std::optional<Difference> text_difference(const std::string& was, const std::string& is) {
  return json::first_difference(json::parse(was, "an earlier model"), json::parse(is, "a model"));
}

std::uint64_t text_hash(const Model& model) { return fnv1a(model.text); }

std::uint64_t data_hash(const Model& model) { return fnv1a(encode_data(model)); }

}  // namespace exmc::ir
