#include "indexing.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "../supports/support.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"
#include "gather.hpp"

namespace exmc::density {
namespace {

/// " at [3]": which of several indices.
std::string at_element(const Shape& shape, std::size_t element) {
  return shape.empty() ? "" : " at " + element_name(shape, element);
}

/// What array indices take from the source: filled axis by axis, while the source loses those axes.
class Selection {
 public:
  Selection(Builder& builder, const View& base, const std::string& where)
      : builder_(builder), base_(base), where_(where), source_(base) {}

  void add_new_axis() {
    source_ = with_new_axis(source_, axis_++);
    is_neighbour_ = false;
  }

  void add_slice(const SliceBounds& bounds) {
    require_axis();
    source_ = sliced(source_, axis_, resolve_slice(bounds, source_.shape[axis_]));
    ++axis_;
    is_neighbour_ = false;
  }

  void add_index(const View& index) {
    require_axis();
    if (first_ && !is_neighbour_) are_neighbours_ = false;
    if (!first_) first_ = axis_;
    is_neighbour_ = true;
    const std::vector<std::ptrdiff_t> places = resolve(index, source_.shape[axis_]);
    if (index.rank() == 0) {
      source_ = at(source_, axis_, static_cast<std::size_t>(places.front()));
      return;
    }
    Array offsets{index.shape, std::vector<double>(places.size())};
    std::transform(places.begin(), places.end(), offsets.values.begin(),
                   [&](std::ptrdiff_t place) { return static_cast<double>(place * source_.strides[axis_]); });
    offsets_.push_back(std::move(offsets));
    source_ = at(source_, axis_, 0);  // what the axis was is in the offsets
  }

  [[nodiscard]] View take() {
    if (offsets_.empty()) return source_;
    return gather(builder_, source_, are_neighbours_ ? *first_ : 0, table());
  }

 private:
  [[noreturn]] void refuse(const std::string& message) const { throw InputError(where_, message); }

  void require_axis() const {
    if (axis_ >= source_.rank()) refuse("too many indices for an array of shape " + to_string(base_.shape));
  }

  /// Negative indices count from the end.
  [[nodiscard]] std::vector<std::ptrdiff_t> resolve(const View& index, std::size_t length) const {
    std::vector<std::ptrdiff_t> places = index_numbers(builder_, index, where_);
    const auto size = static_cast<std::ptrdiff_t>(length);
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (places[i] < -size || places[i] >= size) {
        refuse("index " + std::to_string(places[i]) + at_element(index.shape, i) + " is outside an axis of length " +
               std::to_string(length));
      }
      if (places[i] < 0) places[i] += size;
    }
    return places;
  }

  [[nodiscard]] GatherTable table() const {
    GatherTable table;
    for (const Array& offsets : offsets_) {
      const auto both = broadcast(table.shape, offsets.shape);
      if (!both) {
        refuse("indices of shapes " + to_string(table.shape) + " and " + to_string(offsets.shape) +
               " do not broadcast");
      }
      table.shape = *both;
    }
    builder_.require_room(table.shape);
    table.offsets.resize(element_count(table.shape));
    std::vector<double> repeated(table.offsets.size());
    for (const Array& offsets : offsets_) {
      const View own = broadcast_to(dense_view(Space::constant, 0, offsets.shape), table.shape);
      copy_elements(offsets.values.data(), own, repeated.data());
      for (std::size_t i = 0; i < repeated.size(); ++i) table.offsets[i] += static_cast<std::int32_t>(repeated[i]);
    }
    return table;
  }

  Builder& builder_;
  const View& base_;
  const std::string& where_;
  View source_;
  std::vector<Array> offsets_;  ///< of each array of indices
  std::size_t axis_ = 0;
  std::optional<std::size_t> first_;  ///< axis of the first index
  bool is_neighbour_ = false, are_neighbours_ = true;
};

}  // namespace

std::vector<std::ptrdiff_t> index_numbers(const Builder& builder, const View& view, const std::string& where) {
  constexpr double largest = 0x1p53;  // beyond, not every whole number is a double
  if (!view.constant()) throw InputError(where, "an index must not depend on parameters");
  const Array array = builder.evaluate(view);
  std::vector<std::ptrdiff_t> numbers;
  numbers.reserve(array.values.size());
  for (std::size_t i = 0; i < array.values.size(); ++i) {
    const double value = array.values[i];
    if (value != std::floor(value) || std::abs(value) > largest) {
      throw InputError(where, "an index must be a whole number, found " + shortest(value) + at_element(view.shape, i));
    }
    numbers.push_back(static_cast<std::ptrdiff_t>(value));
  }
  return numbers;
}

View indexed(Builder& builder, const View& base, std::span<const IndexEntry> entries, const std::string& where) {
  Selection selection(builder, base, where);
  for (const IndexEntry& entry : entries) {
    if (const auto* index = std::get_if<View>(&entry)) {
      selection.add_index(*index);
    } else if (const auto* slice = std::get_if<SliceBounds>(&entry)) {
      selection.add_slice(*slice);
    } else {
      selection.add_new_axis();
    }
  }
  return selection.take();
}

}  // namespace exmc::density
