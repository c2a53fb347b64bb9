#include "builder.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "../functions/functions.hpp"
#include "../kernels/copy.hpp"
#include "../kernels/draw_kernel.hpp"
#include "../operations/reductions.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/memory.hpp"

namespace exmc::density {
namespace {

/// Where provisional addresses of the position start: above every other offset.
constexpr std::ptrdiff_t kPositionBase = std::ptrdiff_t{1} << 48;

/// Every array starts at a pack boundary, and a pack may be read from its last element.
constexpr std::size_t padded(std::size_t count) { return (count + 2 * kLanes - 2) / kLanes * kLanes; }

Shape common_shape(std::span<const View> operands) {
  Shape shape;
  for (const View& operand : operands) {
    const std::optional<Shape> both = broadcast(shape, operand.shape);
    if (!both) throw std::logic_error("operands do not broadcast");
    shape = *both;
  }
  return shape;
}

Operand make_operand(const View& view, std::span<const std::ptrdiff_t> strides) {
  Operand operand{view.offset, !view.constant(), {}};
  std::copy(strides.begin(), strides.end(), operand.strides.begin());
  return operand;
}

std::vector<std::intptr_t> make_key(std::intptr_t operation, std::span<const View> operands) {
  std::vector<std::intptr_t> key{operation};
  for (const View& view : operands) {
    key.push_back(static_cast<std::intptr_t>(view.space));
    key.push_back(view.offset);
    for (std::size_t axis = 0; axis < view.rank(); ++axis) {
      key.push_back(static_cast<std::intptr_t>(view.shape[axis]));
      key.push_back(view.strides[axis]);
    }
    key.push_back(-1);
  }
  return key;
}

std::vector<View> all_broadcast(std::span<const View> operands, const Shape& shape) {
  std::vector<View> views;
  for (const View& operand : operands) views.push_back(broadcast_to(operand, shape));
  return views;
}

/// The value itself.
struct ValueTerm {
  static constexpr std::size_t kOperands = 1;
  static constexpr double kConstant = 0;
  template <class T>
  static T evaluate(const T* p, T* d) {
    d[0] = T{} + 1.0;
    return p[0];
  }
};

bool all_constant(std::span<const View> views) {
  return std::all_of(views.begin(), views.end(), [](const View& view) { return view.constant(); });
}

}  // namespace

void Builder::require_room(const Shape& shape, Space space) const {
  if (shape.size() > kMaxRank) {
    throw InputError(where_, "an array of " + std::to_string(shape.size()) + " dimensions: at most " +
                                 std::to_string(kMaxRank) + " are possible");
  }
  constexpr std::size_t of_constant = sizeof(double), of_variable = 2 * sizeof(double);  // with its adjoint
  const std::uint64_t used = of_constant * constants_.size() + of_variable * (variables_ + position_size_ + 2 * kLanes);
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
  constants_.resize(offset + size);
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
  const std::size_t size = element_count(shape);
  blocks_.push_back({rank, position_size_, size});
  const std::ptrdiff_t offset = kPositionBase + static_cast<std::ptrdiff_t>(position_size_);
  position_size_ += size;
  return dense_view(Space::variable, static_cast<std::size_t>(offset), shape);
}

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
  Output& array = outputs_[output.offset];
  array.begin = output.offset;
  array.size = padded(element_count(output.shape));
  array.writers.push_back(instructions_.size());
  instructions_.push_back({instruction, operands, adds_to_density});
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
  return known_[key] = output;
}

void Builder::add_term(const TermKernels& term, std::span<const View> operands) {
  if (pointwise_) return add_pointwise(apply(term.value, operands));
  const Shape shape = common_shape(operands);
  if (element_count(shape) == 0) return;
  Instruction instruction;
  const unsigned mask = set_loop(instruction, all_broadcast(operands, shape), nullptr);
  instruction.forward = term.forward(mask);
  add_constant(term.constant, shape);
  if (all_constant(operands)) {
    log_constant_ += instruction.forward(instruction, constant_arena());
  } else {
    instructions_.push_back({instruction, operands.size(), true, fuse(term, operands)});
  }
}

std::optional<Builder::FusedTerm> Builder::fuse(const TermKernels& term, std::span<const View> operands) const {
  const Predictor* const predictor =
      term.with_predictor == nullptr ? nullptr : known_predictor(operands[term.predictor]);
  if (predictor == nullptr) return std::nullopt;
  const Shape& rows = operands[term.predictor].shape;
  if (common_shape(operands) != rows) return std::nullopt;
  std::vector<View> views(operands.begin(), operands.end());
  views[term.predictor] = predictor->offset;
  Instruction instruction;
  const unsigned mask = set_loop(instruction, all_broadcast(views, rows), nullptr);
  instruction.forward = term.with_predictor(mask);
  for (std::size_t k = 0; k < views.size(); ++k) {
    // A kernel that is chosen for one more operand too steps through that one, wherever its stride leads.
    const bool stepped = term.with_predictor(mask | 1U << k) == instruction.forward;
    if (stepped && instruction.operands[k].strides[0] != 1) return std::nullopt;
  }
  instruction.operands[views.size()] = make_operand(predictor->design, predictor->design.strides);
  instruction.operands[views.size() + 1] = make_operand(predictor->vector, predictor->vector.strides);
  instruction.loop.extents[1] = predictor->vector.shape.front();
  return FusedTerm{instruction, views.size() + 2, operands[term.predictor].offset};
}

void Builder::fuse_terms() {
  const std::vector<bool> needed = density_instructions();
  std::map<std::ptrdiff_t, std::size_t> readers;  // of arrays, by where they begin
  for (std::size_t i = 0; i < instructions_.size(); ++i) {
    if (!needed[i]) continue;
    std::set<std::ptrdiff_t> read;
    for (std::size_t k = 0; k < instructions_[i].operands; ++k) {
      const Operand& operand = instructions_[i].instruction.operands[k];
      const Output* const output = operand.variable ? output_at(operand.offset) : nullptr;
      if (output != nullptr) read.insert(output->begin);
    }
    for (const std::ptrdiff_t array : read) ++readers[array];
  }
  for (Emitted& term : instructions_) {
    if (!term.fused || readers[term.fused->predictor] > 1) continue;
    term.instruction = term.fused->instruction;
    term.operands = term.fused->operands;
  }
}

void Builder::add_values(const View& log_densities) {
  if (pointwise_) return add_pointwise(log_densities);
  add_term<ValueTerm>({log_densities});
}

void Builder::add_constant(double value, const Shape& shape) {
  const double total = value * static_cast<double>(element_count(shape));
  if (!pointwise_) {
    log_constant_ += total;
  } else if (const std::size_t elements = element_count(pointwise_->shape); elements > 0) {
    pointwise_->constant += total / static_cast<double>(elements);
  }
}

View Builder::pointwise(const Shape& shape, const std::function<void()>& lower) {
  std::optional<Pointwise> outer = std::exchange(pointwise_, Pointwise{shape});
  lower();
  const Pointwise found = *std::exchange(pointwise_, std::move(outer));
  const View rest = constant(found.constant);
  if (!found.sum) return broadcast_to(rest, shape);
  return broadcast_to(found.constant == 0 ? *found.sum : apply<Add>({*found.sum, rest}), shape);
}

void Builder::add_pointwise(const View& values) {
  const std::size_t rank = pointwise_->shape.size();
  std::vector<std::size_t> trailing;
  for (std::size_t axis = rank; axis < values.rank(); ++axis) trailing.push_back(axis);
  const View summed = trailing.empty() ? values : reduce_sum(*this, values, trailing);
  pointwise_->sum = pointwise_->sum ? apply<Add>({*pointwise_->sum, summed}) : summed;
}

View Builder::emit(const Structural& operation) {
  Key key = make_key(reinterpret_cast<std::intptr_t>(operation.forward), operation.operands);
  key.insert(key.end(), operation.shape.begin(), operation.shape.end());
  key.insert(key.end(), operation.loop.extents.begin(), operation.loop.extents.end());
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  const View output = allocate(all_constant(operation.operands) ? Space::constant : Space::variable, operation.shape);
  Instruction instruction{
      operation.forward, operation.reverse, operation.loop, make_operand(output, operation.strides), {}, {}};
  for (std::size_t k = 0; k < operation.operands.size(); ++k) {
    instruction.operands[k] = make_operand(operation.operands[k], operation.operands[k].strides);
  }
  if (element_count(output.shape) > 0) {
    run_or_emit(instruction, operation.operands.size(), output, operation.adds_to_density);
  }
  return known_[key] = output;
}

Drawing Builder::next_drawing() {
  constexpr std::uint64_t next_stream = std::uint64_t{1} << 32;  // beyond the number of any node
  return {nullptr, nullptr, purpose_, std::exchange(stream_, stream_ + next_stream)};
}

View Builder::emit_draw(ForwardKernel forward, ElementDraw element, std::span<const View> operands,
                        const Shape& shape) {
  const View output = allocate(Space::variable, shape);
  if (element_count(shape) == 0) return output;
  Instruction instruction;
  instruction.forward = forward;
  instruction.drawing = next_drawing();
  instruction.drawing.element = element;
  (void)set_loop(instruction, all_broadcast(operands, shape), &output);
  run_or_emit(instruction, operands.size(), output, false);
  return output;
}

View Builder::draw(ElementDraw element, std::span<const View> operands, const Shape& shape) {
  return emit_draw(draw_elements, element, operands, shape);
}

View Builder::draw_between(ElementDraw element, std::span<const View> operands, const Truncation& truncation,
                           const Shape& shape) {
  std::vector<View> all(operands.begin(), operands.end());
  if (all.size() > kTruncationOperand) throw std::logic_error("too many operands of a truncated variable");
  all.resize(kTruncationOperand, constant(0.0));
  all.insert(all.end(), {truncation.lower, truncation.upper, truncation.log_probability});
  return emit_draw(draw_truncated_elements, element, all, shape);
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
  return known_[key] = output;
}

View Builder::integers(std::span<const std::int32_t> values) {
  std::vector<std::int32_t> key(values.begin(), values.end());
  if (const auto found = integers_.find(key); found != integers_.end()) return found->second;
  const View view = allocate(Space::constant, {(values.size() + 1) / 2});
  std::memcpy(constants_.data() + view.offset, values.data(), values.size_bytes());
  return integers_[std::move(key)] = view;
}

View Builder::draw_events(EventDraw event, std::span<const EventView> operands, const Shape& shape,
                          std::size_t event_rank) {
  const View output = allocate(Space::variable, shape);
  if (element_count(shape) == 0) return output;
  const std::size_t batch_rank = shape.size() - event_rank;
  if (batch_rank + 2 > kMaxAxes) {
    throw InputError(where_, "random vectors over " + std::to_string(batch_rank) + " axes: at most " +
                                 std::to_string(kMaxAxes - 2) + " are possible");
  }
  const auto batch_end = shape.begin() + static_cast<std::ptrdiff_t>(batch_rank);
  Instruction instruction;
  instruction.forward = exmc::density::draw_events;
  instruction.drawing = next_drawing();
  instruction.drawing.event = event;
  instruction.loop.rank = batch_rank + 1;
  std::copy(shape.begin(), shape.end(), instruction.loop.extents.begin());
  instruction.output = make_operand(output, output.strides);
  for (std::size_t k = 0; k < operands.size(); ++k) {
    const View& view = operands[k].view;
    Shape whole(shape.begin(), batch_end);
    whole.insert(whole.end(), view.shape.end() - static_cast<std::ptrdiff_t>(operands[k].own), view.shape.end());
    const View broadcasted = broadcast_to(view, whole);
    instruction.operands[k] = make_operand(broadcasted, broadcasted.strides);
  }
  run_or_emit(instruction, operands.size(), output, false);
  return output;
}

void Builder::remember_predictor(const View& value, const Predictor& predictor) {
  predictors_.insert_or_assign(value.offset, std::pair(value, predictor));
}

const Builder::Predictor* Builder::known_predictor(const View& value) const {
  const auto found = value.constant() ? predictors_.end() : predictors_.find(value.offset);
  return found != predictors_.end() && found->second.first == value ? &found->second.second : nullptr;
}

void Builder::remember_exponential(const View& value, const View& argument) {
  if (is_dense(argument) && !value.constant()) exponentials_[value.offset] = {value, argument};
}

std::optional<View> Builder::known_logarithm(const View& x) const {
  auto found = exponentials_.upper_bound(x.offset);
  if (x.constant() || found == exponentials_.begin()) return std::nullopt;
  const auto& [value, argument] = (--found)->second;
  if (x.offset >= value.offset + static_cast<std::ptrdiff_t>(element_count(value.shape))) return std::nullopt;
  View logarithm = x;
  logarithm.offset += argument.offset - value.offset;
  return logarithm;
}

std::optional<View> Builder::known_factor(const View& matrices) const {
  const auto found =
      std::find_if(factors_.begin(), factors_.end(), [&](const auto& entry) { return entry.first == matrices; });
  return found == factors_.end() ? std::nullopt : std::optional(found->second);
}

/// Null for the position and for arrays without elements.
const Builder::Output* Builder::output_at(std::ptrdiff_t offset) const {
  const auto after = outputs_.upper_bound(offset);
  if (after == outputs_.begin()) return nullptr;
  const auto& [begin, output] = *std::prev(after);
  return offset < begin + static_cast<std::ptrdiff_t>(output.size) ? &output : nullptr;
}

void Builder::mark_writers(std::ptrdiff_t offset, std::vector<bool>& needed) const {
  const Output* const output = output_at(offset);
  if (output == nullptr) return;
  for (const std::size_t writer : output->writers) needed[writer] = true;
}

void Builder::mark_needs(std::vector<bool>& needed) const {
  for (std::size_t i = instructions_.size(); i-- > 0;) {
    if (!needed[i]) continue;
    for (std::size_t k = 0; k < instructions_[i].operands; ++k) {
      const Operand& operand = instructions_[i].instruction.operands[k];
      if (operand.variable) mark_writers(operand.offset, needed);
    }
  }
}

std::vector<Instruction> Builder::select(const std::vector<bool>& needed) const {
  std::vector<Instruction> selected;
  for (std::size_t i = 0; i < instructions_.size(); ++i) {
    if (!needed[i]) continue;
    selected.push_back(instructions_[i].instruction);
    selected.back().output.offset = final_offset(selected.back().output.offset);
    for (Operand& operand : selected.back().operands) {
      if (operand.variable) operand.offset = final_offset(operand.offset);
    }
  }
  return selected;
}

void Builder::place_blocks() {
  std::vector<Block*> by_rank;
  for (Block& block : blocks_) by_rank.push_back(&block);
  std::sort(by_rank.begin(), by_rank.end(), [](const Block* a, const Block* b) { return a->rank < b->rank; });
  std::size_t offset = 0;
  for (Block* block : by_rank) block->offset = std::exchange(offset, offset + block->size);
}

std::ptrdiff_t Builder::place_outputs(const std::vector<bool>& needed, std::ptrdiff_t offset) {
  for (auto& [begin, output] : outputs_) {
    if (!needed[output.writers.front()] || output.placed_at != 0) continue;
    output.placed_at = std::exchange(offset, offset + static_cast<std::ptrdiff_t>(output.size));
  }
  return offset;
}

std::ptrdiff_t Builder::final_offset(std::ptrdiff_t offset) const {
  if (offset < kPositionBase) {
    const Output* const output = output_at(offset);
    return output == nullptr ? 0 : output->placed_at + (offset - output->begin);
  }
  const auto provisional = static_cast<std::size_t>(offset - kPositionBase);
  const auto after = std::upper_bound(blocks_.begin(), blocks_.end(), provisional,
                                      [](std::size_t at, const Block& block) { return at < block.provisional; });
  const Block& block = *std::prev(after);
  return static_cast<std::ptrdiff_t>(block.offset + provisional - block.provisional);
}

std::vector<bool> Builder::density_instructions() const {
  std::vector<bool> needed(instructions_.size());
  for (std::size_t i = 0; i < instructions_.size(); ++i) needed[i] = instructions_[i].adds_to_density;
  mark_needs(needed);
  return needed;
}

Program Builder::finish(std::span<const View> saved) {
  place_blocks();
  fuse_terms();
  const std::vector<bool> for_density = density_instructions();
  std::vector<bool> for_saved(instructions_.size());
  for (const View& view : saved) {
    if (view.constant()) continue;
    mark_writers(view.offset, for_saved);
  }
  mark_needs(for_saved);
  const auto after_position = static_cast<std::ptrdiff_t>(padded(position_size_));
  const std::ptrdiff_t after_density = place_outputs(for_density, after_position);
  const std::ptrdiff_t after_saved = place_outputs(for_saved, after_density);
  Program program;
  program.dimension = position_size_;
  program.adjoints = static_cast<std::size_t>(after_density) + kLanes;
  program.variables = static_cast<std::size_t>(after_saved) + kLanes;
  program.log_constant = log_constant_;
  program.density = select(for_density);
  program.saved_instructions = select(for_saved);
  for (const View& view : saved) {
    program.saved_views.push_back(view);
    if (!view.constant()) program.saved_views.back().offset = final_offset(view.offset);
  }
  constants_.resize(constants_.size() + kLanes);
  program.constants = std::move(constants_);
  return program;
}

}  // namespace exmc::density
