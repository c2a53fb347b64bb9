#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../functions/functions.hpp"
#include "../kernels/require_kernel.hpp"
#include "../operations/reductions.hpp"
#include "builder.hpp"
#include "operands.hpp"

/// What is added to the log density, or collected in its place.
namespace exmc::density {
namespace {

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

}  // namespace

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
    draft_.add_term(instruction, operands.size(), fuse(term, operands));
  }
}

void Builder::require(const View& x, const Interval& range, const std::string& what) {
  if (element_count(x.shape) == 0) return;
  const std::array operands{x, constant(range.least()), constant(range.greatest())};
  if (!required_.insert(make_key(0, operands)).second) return;
  Instruction instruction;
  (void)set_loop(instruction, all_broadcast(operands, x.shape), nullptr);
  instruction.forward = require_within;
  draft_.add_requirement(instruction, operands.size(), what);
}

std::optional<FusedTerm> Builder::fuse(const TermKernels& term, std::span<const View> operands) const {
  const LinearPredictor* const predictor =
      term.with_predictor == nullptr ? nullptr : facts_.known_predictor(operands[term.predictor]);
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

}  // namespace exmc::density
