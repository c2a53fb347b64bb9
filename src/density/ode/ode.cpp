#include "ode.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "../numbers/pack.hpp"
#include "../program/draft.hpp"
#include "exmc/core/text.hpp"

namespace exmc::density {
namespace {

/// What solutions of few times take, for estimates: some 100 steps, each with two evaluations.
constexpr double kEvaluations = 200;

}  // namespace

OdeComposite::OdeComposite(NestedProgram rhs, Problem problem) : rhs_(std::move(rhs)), problem_(std::move(problem)) {
  for (std::size_t k = 0; k < problem_.fixed; ++k) fixed_size_ += rhs_.input(k).size;
  columns_ = fixed_size_ + (problem_.variable_start ? 1 : 0);
  for (std::size_t k = 0; k < problem_.initial.size(); ++k) {
    const std::size_t size = rhs_.input(problem_.fixed + k).size;
    offsets_.push_back(std::exchange(states_, states_ + size));
    if (problem_.initial[k]) columns_ += size;
  }
  (void)take(problem_.times * states_);
  rows_ = take(problem_.times * row_size());
  slopes_ = take(problem_.variable_times ? problem_.times * states_ : 0);
  first_ = take(row_size());
  scales_ = take(columns_);
  jacobian_ = take(states_ * (fixed_size_ + states_));
  values_ = take(rhs_.room());
  adjoints_ = take(rhs_.room());
}

/// Room in the output, from a pack boundary on.
std::size_t OdeComposite::take(std::size_t count) { return std::exchange(end_, padded(end_ + count)); }

/// A solver that no other evaluation uses, for a while.
class OdeComposite::Lease {
 public:
  explicit Lease(const OdeComposite& of) : of_(of) {
    const std::lock_guard lock(of.mutex_);
    if (of.idle_.empty()) {
      solver_ = std::make_unique<OdeSolver>(of.states_, of.columns_, of.problem_.settings);
    } else {
      solver_ = std::move(of.idle_.back());
      of.idle_.pop_back();
    }
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    const std::lock_guard lock(of_.mutex_);
    of_.idle_.push_back(std::move(solver_));
  }
  OdeSolver* operator->() const { return solver_.get(); }

 private:
  const OdeComposite& of_;
  std::unique_ptr<OdeSolver> solver_;
};

/// The right-hand side for one evaluation, in the memory of that one.
class OdeComposite::Run final : public OdeSystem {
 public:
  Run(const OdeComposite& ode, const Instruction& instruction, const Arena& arena)
      : ode_(ode),
        operands_(instruction.call->operands),
        arena_(arena),
        output(arena.values + instruction.output.offset),
        values_(output + ode.values_),
        adjoints_(output + ode.adjoints_),
        rows_(output + ode.jacobian_) {
    const auto* operand = operands_.data();
    for (std::size_t k = 0; k < ode.problem_.fixed; ++k, ++operand) {
      const NestedProgram::Block& input = ode.rhs_.input(k);
      std::copy_n(arena.read(*operand), input.size, values_ + input.offset);
    }
  }

  [[nodiscard]] std::span<const double> times() const {
    return {arena_.read(operands_[operands_.size() - 2]), ode_.problem_.times};
  }
  [[nodiscard]] double start() const { return *arena_.read(operands_.back()); }

  /// z at the start, and the scales of its columns.
  void begin() {
    double* const first = output + ode_.first_;
    double* scale = std::copy_n(values_, ode_.fixed_size_, output + ode_.scales_);
    std::fill_n(first, ode_.row_size(), 0.0);
    double* column = first + (1 + ode_.fixed_size_) * ode_.states_;
    for (std::size_t k = 0; k < ode_.offsets_.size(); ++k) {
      const std::size_t size = ode_.rhs_.input(ode_.problem_.fixed + k).size, offset = ode_.offsets_[k];
      const double* const from = arena_.read(operands_[ode_.problem_.fixed + k]);
      std::copy_n(from, size, first + offset);
      if (!ode_.problem_.initial[k]) continue;
      scale = std::copy_n(from, size, scale);
      for (std::size_t i = 0; i < size; ++i, column += ode_.states_) column[offset + i] = 1;
    }
    if (ode_.problem_.variable_start) {
      *scale++ = 1;
      slopes(start(), first, column);
      for (std::size_t i = 0; i < ode_.states_; ++i) column[i] = -column[i];
    }
    std::for_each(output + ode_.scales_, scale, [](double& x) { x = std::abs(x); });
  }

  /// dy/dt
  void slopes(double t, const double* y, double* dy) {
    evaluate(t, y);
    for (std::size_t k = 0; k < ode_.offsets_.size(); ++k) {
      std::copy_n(ode_.rhs_.result_at(k, values_), ode_.rhs_.result(k).size, dy + ode_.offsets_[k]);
    }
  }

  void derivatives(double t, const double* z, double* dz) override {
    const std::size_t n = ode_.states_, fixed = ode_.fixed_size_, width = fixed + n;
    slopes(t, z, dz);
    if (ode_.columns_ == 0) return;
    differentiate();
    for (std::size_t column = 0; column < ode_.columns_; ++column) {
      const double* const s = z + (1 + column) * n;
      double* const ds = dz + (1 + column) * n;
      for (std::size_t i = 0; i < n; ++i) {
        const double* const row = rows_ + i * width;
        double sum = column < fixed ? row[column] : 0;
        for (std::size_t k = 0; k < n; ++k) sum += row[fixed + k] * s[k];
        ds[i] = sum;
      }
    }
  }

  void jacobian(double t, const double* y, double* columns) override {
    const std::size_t n = ode_.states_, width = ode_.fixed_size_ + n;
    evaluate(t, y);
    differentiate();
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t k = 0; k < n; ++k) columns[k * n + i] = rows_[i * width + ode_.fixed_size_ + k];
    }
  }

 private:
  void evaluate(double t, const double* y) {
    std::copy_n(y, ode_.states_, values_ + ode_.fixed_size_);
    if (ode_.problem_.timed) values_[ode_.fixed_size_ + ode_.states_] = t;
    ode_.rhs_.forward(values_);
  }

  /// The rows of the Jacobian, by fixed inputs and states, where evaluate() was last.
  void differentiate() {
    const std::size_t width = ode_.fixed_size_ + ode_.states_;
    double* row = rows_;
    for (std::size_t k = 0; k < ode_.offsets_.size(); ++k) {
      const NestedProgram::Block& result = ode_.rhs_.result(k);
      for (std::size_t i = 0; i < result.size; ++i, row += width) {
        if (!result.variable) {
          std::fill_n(row, width, 0.0);
          continue;
        }
        std::fill_n(adjoints_, ode_.rhs_.room(), 0.0);
        adjoints_[result.offset + i] = 1;
        ode_.rhs_.reverse(values_, adjoints_);
        std::copy_n(adjoints_, width, row);
      }
    }
  }

  const OdeComposite& ode_;
  const std::vector<Operand>& operands_;
  const Arena& arena_;

 public:
  double* const output;

 private:
  double *values_, *adjoints_;  ///< of the right-hand side
  double* rows_;                ///< of the Jacobian
};

OdeOutcome OdeComposite::solve(const Instruction& instruction, const Arena& arena) const {
  Run run(*this, instruction, arena);
  run.begin();
  double *const output = run.output, *const rows = output + rows_;
  const OdeOutcome outcome =
      Lease(*this)->solve(run, run.start(), run.times(), output + first_, output + scales_, rows);
  if (outcome.end != OdeOutcome::End::solved) {
    std::fill_n(output, problem_.times * states_, std::numeric_limits<double>::quiet_NaN());
    return outcome;
  }
  for (std::size_t at = 0; at < problem_.times; ++at) {
    const double* const y = rows + at * row_size();
    for (std::size_t k = 0; k < offsets_.size(); ++k) {
      const std::size_t size = rhs_.result(k).size;
      std::copy_n(y + offsets_[k], size, output + values_of(k) + at * size);
    }
    if (problem_.variable_times) run.slopes(run.times()[at], y, output + slopes_ + at * states_);
  }
  return outcome;
}

double OdeComposite::forward(const Instruction& instruction, const Arena& arena) const {
  return solve(instruction, arena).end == OdeOutcome::End::solved ? 0 : -detail::kInfinity;
}

std::string OdeComposite::failure(const Instruction& instruction, const Arena& arena) const {
  using End = OdeOutcome::End;
  const OdeOutcome outcome = solve(instruction, arena);
  const std::string at = shortest(outcome.time);
  switch (outcome.end) {
    case End::solved:
      break;
    case End::unordered:
      return "the times do not ascend from the start, at " + at;
    case End::too_many_steps:
      return "more than " + std::to_string(problem_.settings.max_steps) + " steps, at time " + at;
    case End::undefined:
      return "the right-hand side is not finite, after time " + at;
    case End::too_hard:
      return "no step is short enough for rtol and atol, at time " + at;
  }
  return {};
}

void OdeComposite::reverse(const Instruction& instruction, const Arena& arena) const {
  const std::vector<Operand>& operands = instruction.call->operands;
  const double* const output = arena.values + instruction.output.offset;
  const double* const outer = arena.adjoints + instruction.output.offset;
  double* const y = arena.adjoints + instruction.output.offset + first_;      // the adjoints of one time's states
  double* const sums = arena.adjoints + instruction.output.offset + scales_;  // by column
  std::fill_n(sums, columns_, 0.0);
  for (std::size_t at = 0; at < problem_.times; ++at) {
    for (std::size_t k = 0; k < offsets_.size(); ++k) {
      const std::size_t size = rhs_.result(k).size;
      std::copy_n(outer + values_of(k) + at * size, size, y + offsets_[k]);
    }
    const auto dot = [&](const double* x) {
      double sum = 0;
      for (std::size_t i = 0; i < states_; ++i) sum += y[i] * x[i];
      return sum;
    };
    const double* const sensitivities = output + rows_ + at * row_size() + states_;
    for (std::size_t column = 0; column < columns_; ++column) sums[column] += dot(sensitivities + column * states_);
    const Operand& times = operands[operands.size() - 2];
    if (problem_.variable_times) {
      arena.adjoints[times.offset + static_cast<std::ptrdiff_t>(at)] += dot(output + slopes_ + at * states_);
    }
  }
  const double* from = sums;
  const auto give = [&](const Operand& operand, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) arena.adjoints[operand.offset + static_cast<std::ptrdiff_t>(i)] += *from++;
  };
  for (std::size_t k = 0; k < problem_.fixed; ++k) give(operands[k], rhs_.input(k).size);
  for (std::size_t k = 0; k < offsets_.size(); ++k) {
    if (problem_.initial[k]) give(operands[problem_.fixed + k], rhs_.result(k).size);
  }
  if (problem_.variable_start) give(operands.back(), 1);
}

double OdeComposite::elements() const {
  const auto n = static_cast<double>(states_), columns = static_cast<double>(columns_);
  return kEvaluations * ((1 + n) * rhs_.elements() + n * n * columns);
}

}  // namespace exmc::density
