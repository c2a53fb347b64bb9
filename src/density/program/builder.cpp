#include "builder.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <utility>

#include "../functions/functions.hpp"
#include "../kernels/copy.hpp"
#include "../kernels/huge_pages.hpp"
#include "../operations/reductions.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/memory.hpp"
#include "operands.hpp"

namespace exmc::density {

void Builder::require_room(const Shape& shape, Space space) const {
  if (shape.size() > kMaxRank) {
    throw InputError(where_, "an array of " + std::to_string(shape.size()) + " dimensions: at most " +
                                 std::to_string(kMaxRank) + " are possible");
  }
  constexpr std::size_t of_constant = sizeof(double), of_variable = 2 * sizeof(double);  // with its adjoint
  const std::uint64_t used =
      of_constant * constants_.size() + of_variable * (variables_ + draft_.position_size() + 2 * kLanes);
  const std::uint64_t left = memory_limit_ - std::min(memory_limit_, used);
  const std::uint64_t room = left / (space == Space::constant ? of_constant : of_variable);
  std::uint64_t count = 1;
  for (const std::size_t length : shape) {
    if (length != 0 && count > room / length) {
      throw InputError(where_, "an array of shape " + to_string(shape) + " does not fit: " + within_memory_limit(left));
    }
    count *= length;
  }
}

void Builder::refuse(const std::string& message) const { throw InputError(where_, message); }

void Builder::require_axes(std::size_t count) const {
  if (count <= kMaxAxes) return;
  refuse("an operation over " + std::to_string(count) + " axes: at most " + std::to_string(kMaxAxes) + " are possible");
}

View Builder::allocate(Space space, const Shape& shape) {
  require_room(shape, space);
  const std::size_t size = padded(element_count(shape));
  if (space == Space::variable) return dense_view(space, std::exchange(variables_, variables_ + size), shape);
  const std::size_t offset = constants_.size();
  resize_in_huge_pages(constants_, offset + size);
  return dense_view(space, offset, shape);
}

View Builder::constant(const Array& array) {
  if (array.shape.empty()) return constant(array.values.front());
  const View view = allocate(Space::constant, array.shape);
  std::copy(array.values.begin(), array.values.end(), constants_.begin() + view.offset);
  return view;
}

View Builder::constant(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  if (const auto found = scalars_.find(bits); found != scalars_.end()) return found->second;
  const View view = allocate(Space::constant, {});
  constants_[static_cast<std::size_t>(view.offset)] = value;
  return scalars_[bits] = view;
}

Array Builder::evaluate(const View& view) const {
  if (!view.constant()) throw std::logic_error("only constants have values at load");
  Array array{view.shape, std::vector<double>(element_count(view.shape))};
  copy_elements(constants_.data(), view, array.values.data());
  return array;
}

View Builder::position_block(const Shape& shape, std::size_t rank) {
  require_room(shape, Space::variable);
  const std::ptrdiff_t offset = draft_.add_block(rank, element_count(shape));
  return dense_view(Space::variable, static_cast<std::size_t>(offset), shape);
}

View Builder::slots(const Shape& shape) {
  require_room(shape, Space::variable);
  return dense_view(Space::variable, static_cast<std::size_t>(draft_.add_slots(element_count(shape))), shape);
}

void Builder::set_inverse(const View& output, ForwardKernel inverse) { draft_.set_inverse(output.offset, inverse); }

unsigned Builder::set_loop(Instruction& instruction, std::span<const View> operands, const View* output) const {
  std::vector<View> views(operands.begin(), operands.end());
  if (output != nullptr) views.push_back(*output);
  const Axes axes = collapse(views.back().shape, views);
  require_axes(axes.extents.size());
  instruction.loop.rank = axes.extents.size();
  std::copy(axes.extents.begin(), axes.extents.end(), instruction.loop.extents.begin());
  if (output != nullptr) instruction.output = make_operand(*output, axes.strides.back());
  unsigned mask = 0;
  for (std::size_t k = 0; k < operands.size(); ++k) {
    instruction.operands[k] = make_operand(operands[k], axes.strides[k]);
    if (!axes.extents.empty() && axes.strides[k].back() != 0) mask |= 1U << k;
  }
  return axes.extents.empty() ? kScalar : mask;
}

void Builder::run_or_emit(const Instruction& instruction, std::size_t operands, const View& output,
                          bool adds_to_density) {
  if (output.constant()) {
    instruction.forward(instruction, constant_arena());
    return;
  }
  draft_.add(instruction, operands, output, adds_to_density);
}

void Builder::remember(const ElementwiseKernels& function, std::span<const View> operands, const View& output) {
  known_[make_key(reinterpret_cast<std::intptr_t>(function.forward), operands)] = output;
}

View Builder::apply(const ElementwiseKernels& function, std::span<const View> operands) {
  const Key key = make_key(reinterpret_cast<std::intptr_t>(function.forward), operands);
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  const Shape shape = common_shape(operands);
  const View output = allocate(all_constant(operands) ? Space::constant : Space::variable, shape);
  if (element_count(shape) > 0) {
    const std::vector<View> views = all_broadcast(operands, shape);
    Instruction instruction;
    const unsigned mask = set_loop(instruction, views, &output);
    instruction.forward = function.forward(mask);
    if (function.reverse != nullptr) instruction.reverse = function.reverse(mask);
    run_or_emit(instruction, operands.size(), output, function.adds_to_density);
  }
  if (function.range != nullptr && !output.constant()) {
    std::vector<Interval> ranges;
    for (const View& operand : operands) ranges.push_back(range(operand));
    facts_.remember_range(output, function.range(ranges.data()));
  }
  return known_[key] = output;
}

Interval Builder::range(const View& view) const {
  if (!view.constant()) return facts_.known_range(view);
  View once = view;  // what is repeated
  for (std::size_t axis = 0; axis < once.rank(); ++axis) {
    if (once.strides[axis] == 0) once.shape[axis] = std::min<std::size_t>(once.shape[axis], 1);
  }
  const Array copied = is_dense(once) ? Array{} : evaluate(once);
  const double* const first = is_dense(once) ? constants_.data() + once.offset : copied.values.data();
  const double* const last = first + element_count(once.shape);
  if (first == last || !std::all_of(first, last, [](double x) { return std::isfinite(x); })) return {};
  const auto [least, greatest] = std::minmax_element(first, last);
  return closed_interval(*least, *greatest);
}

View Builder::emit(const Structural& operation) {
  Key key = make_key(reinterpret_cast<std::intptr_t>(operation.forward), operation.operands);
  key.insert(key.end(), operation.shape.begin(), operation.shape.end());
  key.insert(key.end(), operation.loop.extents.begin(), operation.loop.extents.end());
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  const View output = allocate(all_constant(operation.operands) ? Space::constant : Space::variable, operation.shape);
  Instruction instruction{
      operation.forward, operation.reverse, operation.loop, make_operand(output, operation.strides), {}, {}, nullptr};
  for (std::size_t k = 0; k < operation.operands.size(); ++k) {
    instruction.operands[k] = make_operand(operation.operands[k], operation.operands[k].strides);
  }
  if (element_count(output.shape) > 0) {
    run_or_emit(instruction, operation.operands.size(), output, operation.adds_to_density);
  }
  return known_[key] = output;
}

View Builder::emit(const Looped& operation) {
  const Space space = all_constant(operation.operands) ? Space::constant : Space::variable;
  const View stepped{space, 0, operation.operands.front().shape, operation.strides};
  Instruction instruction;
  (void)set_loop(instruction, operation.operands, &stepped);
  const Kernels kernels = operation.choose(instruction);
  std::vector<View> all = operation.operands;
  all.push_back(stepped);
  const Key key = make_key(reinterpret_cast<std::intptr_t>(kernels.forward), all);
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  const View output = allocate(space, operation.shape);
  instruction.forward = kernels.forward;
  instruction.reverse = kernels.reverse;
  instruction.output.offset = output.offset;
  run_or_emit(instruction, operation.operands.size(), output, false);
  return known_[key] = output;
}

namespace {

double composite_forward(const Instruction& instruction, const Arena& arena) {
  return instruction.call->composite->forward(instruction, arena);
}

void composite_reverse(const Instruction& instruction, const Arena& arena) {
  instruction.call->composite->reverse(instruction, arena);
}

}  // namespace

View Builder::emit(std::shared_ptr<const Composite> composite, std::span<const View> operands, std::size_t size) {
  const View output = allocate(all_constant(operands) ? Space::constant : Space::variable, {size});
  if (size == 0) return output;
  auto call = std::make_shared<CompositeCall>();
  call->composite = std::move(composite);
  for (const View& operand : operands) {
    call->operands.push_back(
        make_operand(operand, std::span(operand.strides).first(std::min<std::size_t>(operand.rank(), 1))));
  }
  Instruction instruction;
  instruction.forward = composite_forward;
  instruction.reverse = composite_reverse;
  instruction.output.offset = output.offset;
  if (output.constant()) {
    instruction.call = call.get();
    instruction.forward(instruction, constant_arena());
  } else {
    draft_.add(instruction, std::move(call), output);
  }
  return output;
}

View Builder::assemble(const Shape& shape, std::span<const Part> parts) {
  std::vector<View> views;
  for (const Part& part : parts) views.push_back(part.from);
  const bool constant = all_constant(views);
  for (const Part& part : parts) views.push_back(part.to);
  const Key key = make_key(reinterpret_cast<std::intptr_t>(&copy_forward), views);
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  const View output = allocate(constant ? Space::constant : Space::variable, shape);
  for (const Part& part : parts) {
    if (element_count(part.from.shape) == 0) continue;
    View to = part.to;
    to.space = output.space;
    to.offset += output.offset;
    Instruction instruction;
    (void)set_loop(instruction, std::span(&part.from, 1), &to);
    instruction.forward = copy_forward;
    instruction.reverse = copy_reverse;
    run_or_emit(instruction, 1, output, false);
  }
  if (!constant) {
    Interval all = range(parts.front().from);
    for (const Part& part : parts) all = hull(all, range(part.from));
    facts_.remember_range(output, all);
  }
  return known_[key] = output;
}

View Builder::integers(std::span<const std::int32_t> values) {
  std::vector<std::int32_t> key(values.begin(), values.end());
  if (const auto found = integers_.find(key); found != integers_.end()) return found->second;
  const View view = allocate(Space::constant, {(values.size() + 1) / 2});
  std::memcpy(constants_.data() + view.offset, values.data(), values.size_bytes());
  return integers_[std::move(key)] = view;
}

Program Builder::finish(std::span<const View> saved, std::span<const View> inner) {
  Program program = draft_.link(saved, inner);
  program.log_constant = log_constant_;
  resize_in_huge_pages(constants_, constants_.size() + kLanes);
  program.constants = std::move(constants_);
  return program;
}

}  // namespace exmc::density
