#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "../operations/gather.hpp"
#include "../operations/join.hpp"
#include "../operations/matmul.hpp"
#include "../operations/reshape.hpp"
#include "functions.hpp"

namespace exmc::density {
namespace {

View transpose(Builder&, const Arguments& given) {
  const View& x = given[0];
  if (!given.has(1)) return transposed(x);
  const std::vector<std::size_t> order = given.axes(1, x.rank());
  if (order.size() != x.rank()) {
    given.refuse("takes all " + std::to_string(x.rank()) + " axes in their new order, found " +
                 std::to_string(order.size()));
  }
  return permuted(x, order);
}

/// The lengths asked for; one of them may be -1, for what is left.
Shape lengths_of(const Builder& builder, const Arguments& given, std::size_t count) {
  Shape shape;
  std::size_t open = 0, place = 0;
  for (const std::ptrdiff_t length : given.integers(1)) {
    if (length < -1) given.refuse("takes lengths from 0 on, or one -1, found " + std::to_string(length));
    if (length == -1) {
      ++open;
      place = shape.size();
    }
    shape.push_back(length == -1 ? 1 : static_cast<std::size_t>(length));
  }
  if (open > 1) given.refuse("takes at most one length -1");
  builder.require_room(shape);
  const std::size_t known = element_count(shape);
  if (open == 1 && known != 0) shape[place] = count / known;
  return shape;
}

View reshape(Builder& builder, const Arguments& given) {
  const View& x = given[0];
  const Shape shape = lengths_of(builder, given, element_count(x.shape));
  if (element_count(shape) != element_count(x.shape)) {
    given.refuse("cannot make shape " + to_string(shape) + " of shape " + to_string(x.shape));
  }
  return reshaped(builder, x, shape);
}

View flat(Builder& builder, const View& x) { return reshaped(builder, x, {element_count(x.shape)}); }

/// How often each of `length` elements is asked for.
std::vector<std::size_t> counts_of(const Builder& builder, const Arguments& given, std::size_t length) {
  std::vector<std::size_t> counts;
  for (const std::ptrdiff_t count : given.integers(1)) {
    if (count < 0) given.refuse("takes counts from 0 on as \"repeats\", found " + std::to_string(count));
    builder.require_room({static_cast<std::size_t>(count)});
    counts.push_back(static_cast<std::size_t>(count));
  }
  if (given[1].rank() == 0) counts.resize(length, counts.front());
  if (counts.size() != length) {
    given.refuse("takes one count or one for each of " + std::to_string(length) + " elements, found " +
                 std::to_string(counts.size()));
  }
  return counts;
}

View repeat(Builder& builder, const Arguments& given) {
  const View x = given.has(2) ? given[0] : flat(builder, given[0]);
  const std::size_t axis = given.has(2) ? given.axis(2, x.rank()) : 0;
  const std::vector<std::size_t> counts = counts_of(builder, given, x.shape[axis]);
  Shape shape = x.shape;
  shape[axis] = std::accumulate(counts.begin(), counts.end(), std::size_t{0});
  builder.require_room(shape);
  GatherTable table{{shape[axis]}, {}};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    table.offsets.insert(table.offsets.end(), counts[i],
                         static_cast<std::int32_t>(static_cast<std::ptrdiff_t>(i) * x.strides[axis]));
  }
  return gather(builder, at(x, axis, 0), axis, std::move(table));
}

/// The first array of a list that does not fit to the first is refused; along `axis` lengths may differ.
void require_fit(const Arguments& given, std::size_t axis) {
  const std::vector<View>& arrays = given.list(0);
  for (const View& array : arrays) {
    Shape shape = array.shape;
    if (shape.size() == arrays.front().rank() && axis < shape.size()) shape[axis] = arrays.front().shape[axis];
    if (shape != arrays.front().shape) {
      given.refuse("cannot join shapes " + to_string(arrays.front().shape) + " and " + to_string(array.shape));
    }
  }
}

View concat(Builder& builder, const Arguments& given) {
  const std::size_t rank = given.list(0).front().rank();
  if (rank == 0) given.refuse("joins arrays, not scalars: for those a list such as [a, b] is enough");
  const std::size_t axis = given.has(1) ? given.axis(1, rank) : 0;
  require_fit(given, axis);
  return concatenated(builder, given.list(0), axis);
}

View stack(Builder& builder, const Arguments& given) {
  const std::size_t rank = given.list(0).front().rank() + 1;
  require_fit(given, rank);
  return stacked(builder, given.list(0), given.has(1) ? given.axis(1, rank) : 0);
}

View outer(Builder& builder, const Arguments& given) {
  const View left = with_new_axis(flat(builder, given[0]), 1), right = with_new_axis(flat(builder, given[1]), 0);
  return builder.apply<Multiply>({left, right});
}

View product(Builder& builder, const Arguments& given) { return matmul(builder, given[0], given[1], given.where()); }

/// Of more than two axes the sum over the last of `a` and the last but one of `b`, for all pairs of the others.
View dot(Builder& builder, const Arguments& given) {
  const View &a = given[0], &b = given[1];
  if (a.rank() == 0 || b.rank() == 0) return builder.apply<Multiply>({a, b});
  if (b.rank() <= 2) return matmul(builder, a, b, given.where());
  View left = a;
  for (std::size_t axis = 1; axis < b.rank(); ++axis) left = with_new_axis(left, a.rank() - 1);
  const View all = matmul(builder, left, b, given.where());
  return at(all, all.rank() - 2, 0);
}

/// A matrix with a vector on its diagonal, or the diagonal of a matrix as a view.
View diag(Builder& builder, const Arguments& given) {
  const View& x = given[0];
  if (x.rank() == 2) {
    return {x.space, x.offset, {std::min(x.shape[0], x.shape[1])}, {x.strides[0] + x.strides[1]}};
  }
  if (x.rank() != 1) given.refuse("takes a vector or a matrix, found shape " + to_string(x.shape));
  const std::size_t length = x.shape[0];
  const Shape shape{length, length};
  builder.require_room(shape);
  const View whole = dense_view(Space::constant, 0, shape);
  const View diagonal{Space::constant, 0, x.shape, {static_cast<std::ptrdiff_t>(length) + 1}};
  const std::array<Builder::Part, 2> parts{{{broadcast_to(builder.constant(0.0), shape), whole}, {x, diagonal}}};
  return builder.assemble(shape, parts);
}

constexpr auto kOptional = Argument::Kind::optional;
constexpr auto kList = Argument::Kind::list;

const std::vector<Function> kFunctions = {
    {"transpose", {{"x"}, {"axes", kOptional}}, transpose, "the axes reversed, or in the order given"},
    {"reshape", {{"x"}, {"shape"}}, reshape, "the elements row-major; one length may be -1"},
    {"repeat",
     {{"x"}, {"repeats"}, {"axis", kOptional}},
     repeat,
     "each element `repeats` times, a number or one for each"},
    {"concat",
     {{"arrays", kList}, {"axis", kOptional}},
     concat,
     "of a list along an axis (default 0): `concat([a, [0], b])`"},
    {"stack",
     {{"arrays", kList}, {"axis", kOptional}},
     stack,
     "of a list along a new axis (default 0): `stack([a, b], 1)`"},
    {"diag", {{"x"}}, diag, "the matrix with a vector on its diagonal, or the diagonal of a matrix"},
    {"outer", {{"a"}, {"b"}}, outer},
    {"dot", {{"a"}, {"b"}}, dot},
    {"matmul", {{"a"}, {"b"}}, product, "the operator `@`"},
};

}  // namespace

std::span<const Function> array_functions() { return kFunctions; }

}  // namespace exmc::density
