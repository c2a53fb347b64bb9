#include "batched.hpp"

#include <algorithm>
#include <stdexcept>

#include "reshape.hpp"

namespace exmc::density {
namespace {

bool own_axes_dense(const View& view, std::size_t own) {
  View block = view;
  const auto batch = static_cast<std::ptrdiff_t>(view.rank() - own);
  block.shape.erase(block.shape.begin(), block.shape.begin() + batch);
  block.strides.erase(block.strides.begin(), block.strides.begin() + batch);
  return is_dense(block);
}

/// The part of a view that one repetition does not see.
View batch_part(View view, std::size_t own) {
  view.shape.resize(view.rank() - own);
  view.strides.resize(view.shape.size());
  return view;
}

/// A view's own axes behind those of the batch, of which only the strides count.
View with_batch_strides(const View& view, std::size_t own, const std::vector<std::ptrdiff_t>& batch) {
  View result = view;
  const auto first = static_cast<std::ptrdiff_t>(view.rank() - own);
  result.strides = batch;
  result.strides.insert(result.strides.end(), view.strides.begin() + first, view.strides.end());
  result.shape.assign(batch.size(), 1);
  result.shape.insert(result.shape.end(), view.shape.begin() + first, view.shape.end());
  return result;
}

}  // namespace

View split_last(View view, std::size_t columns) {
  view.shape.back() /= columns;
  view.strides.back() *= static_cast<std::ptrdiff_t>(columns);
  view.shape.push_back(columns);
  view.strides.push_back(view.strides.back() / static_cast<std::ptrdiff_t>(columns));
  return view;
}

Shape batch_of(const Shape& shape, std::size_t own) {
  return {shape.begin(), shape.end() - static_cast<std::ptrdiff_t>(own)};
}

Shape joined(Shape batch, const Shape& event) {
  batch.insert(batch.end(), event.begin(), event.end());
  return batch;
}

View emit_batched(Builder& builder, const Batched& operation) {
  const std::size_t count = operation.operands.size();
  Shape batch;
  for (std::size_t k = 0; k < count; ++k) {
    const auto both = broadcast(batch, batch_of(operation.operands[k].shape, operation.own[k]));
    if (!both) throw std::logic_error("batches do not broadcast");
    batch = *both;
  }
  const Shape shape = joined(batch, operation.event);
  std::vector<View> views, batches;
  for (std::size_t k = 0; k < count; ++k) {
    const View& given = operation.operands[k];
    const bool as_it_is = own_axes_dense(given, operation.own[k]) || (k == 0 && operation.first_in_place);
    const View view = as_it_is ? given : dense(builder, given);
    const Shape event(view.shape.end() - static_cast<std::ptrdiff_t>(operation.own[k]), view.shape.end());
    views.push_back(broadcast_to(view, joined(batch, event)));
    batches.push_back(batch_part(views.back(), operation.own[k]));
  }
  batches.push_back(batch_part(dense_view(Space::variable, 0, shape), operation.event.size()));
  const Axes axes = collapse(batch, batches);
  builder.require_axes(axes.extents.size() + 3);
  Loop loop;
  loop.rank = axes.extents.size() + 1;
  const auto sizes = std::copy(axes.extents.begin(), axes.extents.end(), loop.extents.begin());
  std::copy(operation.sizes.begin(), operation.sizes.end(), sizes);
  for (std::size_t k = 0; k < count; ++k) views[k] = with_batch_strides(views[k], operation.own[k], axes.strides[k]);
  return builder.emit(
      {operation.forward, operation.reverse, loop, views, shape, axes.strides.back(), operation.adds_to_density});
}

}  // namespace exmc::density
