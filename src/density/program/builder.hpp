#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "../kernels/aligned.hpp"
#include "../kernels/elementwise.hpp"
#include "../kernels/instruction.hpp"
#include "draft.hpp"
#include "facts.hpp"
#include "program.hpp"
#include "view.hpp"

namespace exmc::density {

/// Writes a program, one array operation at a time. Operations on constants are carried out at once with the kernels
/// that would run later; an operation that was written before is not written again.
class Builder {
 public:
  /// @param memory_limit in bytes, of the constants and the variables with their adjoints; beyond, InputError.
  explicit Builder(std::uint64_t memory_limit) : memory_limit_(memory_limit) {}

  /// Where messages about sizes say the trouble is, e.g. "model.json: nodes.eta.expr".
  void locate(std::string where) {
    where_ = std::move(where);
    draft_.locate(where_);
  }

  [[nodiscard]] View constant(const Array& array);
  [[nodiscard]] View constant(double value);
  /// The elements of a constant view, row-major.
  [[nodiscard]] Array evaluate(const View& view) const;
  [[nodiscard]] std::uint64_t memory_limit() const { return memory_limit_; }

  /// Room in the position for an unconstrained parameter. Parameters stand in the order of `rank`.
  [[nodiscard]] View position_block(const Shape& shape, std::size_t rank);

  /// Room for numbers that are learned: variables that no instruction writes, of an initial value of zero.
  [[nodiscard]] View slots(const Shape& shape);
  /// How the instruction that writes `output` runs where the model's position is given and the sampled one is wanted.
  void set_inverse(const View& output, ForwardKernel inverse);

  /// A function of operands that broadcast with each other.
  [[nodiscard]] View apply(const ElementwiseKernels& function, std::span<const View> operands);
  template <class F>
  [[nodiscard]] View apply(const std::array<View, F::kOperands>& operands) {
    return apply(function_kernels<F>(), operands);
  }

  /// From now on apply<F>(operands) is `output`, which was come by in another way.
  template <class F>
  void remember(const std::array<View, F::kOperands>& operands, const View& output) {
    remember(function_kernels<F>(), operands, output);
  }

  /// Adds the sum of a term over the broadcast of its operands.
  void add_term(const TermKernels& term, std::span<const View> operands);
  template <class T>
  void add_term(const std::array<View, T::kOperands>& operands) {
    add_term(term_kernels<T>(), operands);
  }

  /// Adds the sum of an array of log densities: of a distribution over vectors, one for each element of its batch.
  void add_values(const View& log_densities);

  /// Where the elements of a view are known to be.
  [[nodiscard]] Interval range(const View& view) const;
  /// Makes the density zero where an element is not in the range. Not for within pointwise().
  /// @param what is then outside its domain, for explanations: "model.json: nodes.lik.sigma"
  void require(const View& x, const Interval& range, const std::string& what);

  /// Adds `value` to the log density for each element of `shape`.
  void add_constant(double value, const Shape& shape);

  /// What `lower` adds to the log density, as an array of `shape` in place of a sum, and not added: a function like any
  /// other, which costs nothing unless something needs it. Terms have `shape` or further axes at the end, over which
  /// they are summed.
  [[nodiscard]] View pointwise(const Shape& shape, const std::function<void()>& lower);
  /// Whether nobody asks what the single elements of a term are, so that it may be written as one of their sums.
  [[nodiscard]] bool only_sums() const { return !pointwise_; }

  /// Which streams the draws that follow take their random numbers from: of that node, the first one, the second ...
  void draw_from(Purpose purpose, std::uint64_t node) {
    purpose_ = purpose;
    stream_ = node;
  }
  /// Random numbers, one for each element of `shape`, given operands that broadcast to it; others at every evaluation.
  [[nodiscard]] View draw(ElementDraw element, std::span<const View> operands, const Shape& shape);

  /// The same of what lies between bounds, given the logarithm of the probability that something does: drawn until one
  /// does. NaN where that takes too long: below a probability of 1/4.
  struct Truncation {
    View lower, upper, log_probability;
  };
  [[nodiscard]] View draw_between(ElementDraw element, std::span<const View> operands, const Truncation& truncation,
                                  const Shape& shape);

  /// An operand of draw_events(): its last `own` axes belong to each event as a whole.
  struct EventView {
    View view;
    std::size_t own = 0;
  };
  /// The same of vectors or matrices: the last `event_rank` axes of `shape`. What an operand has beyond its own axes
  /// broadcasts to the others.
  [[nodiscard]] View draw_events(EventDraw event, std::span<const EventView> operands, const Shape& shape,
                                 std::size_t event_rank);

  /// What is known of the arrays so far.
  [[nodiscard]] Facts& facts() { return facts_; }

  /// The kernels of an instruction.
  struct Kernels {
    ForwardKernel forward;
    ReverseKernel reverse;
  };
  /// An instruction whose kernels read its loop in a way of their own: its output is a new dense array.
  struct Structural {
    ForwardKernel forward;
    ReverseKernel reverse;
    Loop loop;
    std::vector<View> operands;           ///< their axes as the kernels understand them, at most kMaxAxes
    Shape shape;                          ///< of the output
    std::vector<std::ptrdiff_t> strides;  ///< of the output, as the kernels understand its axes
    bool adds_to_density = false;
  };
  [[nodiscard]] View emit(const Structural& operation);

  /// An instruction over a loop that is not that of its output: its output is a new dense array of `shape`.
  struct Looped {
    std::vector<View> operands;           ///< all of the loop's shape
    std::vector<std::ptrdiff_t> strides;  ///< of the output along the axes of the loop
    Shape shape;                          ///< of the output
    Kernels (*choose)(const Instruction&);
  };
  [[nodiscard]] View emit(const Looped& operation);

  /// An instruction that runs a composite: its output is a new array of `size` elements. Operands are dense but for
  /// their first axis, of which alone there is a stride.
  [[nodiscard]] View emit(std::shared_ptr<const Composite> composite, std::span<const View> operands, std::size_t size);

  /// A new dense array of `shape` that is put together from others, each of which goes where `to` says, a view relative
  /// to the array's beginning.
  struct Part {
    View from, to;
  };
  [[nodiscard]] View assemble(const Shape& shape, std::span<const Part> parts);

  /// Whole numbers for kernels to read, two in the room of a constant; equal ones are kept once.
  [[nodiscard]] View integers(std::span<const std::int32_t> values);

  /// @throws InputError when an array of that shape does not fit.
  void require_room(const Shape& shape, Space space = Space::constant) const;
  /// @throws InputError where a kernel cannot loop over that many axes.
  void require_axes(std::size_t count) const;
  /// @throws InputError with what locate() was told.
  [[noreturn]] void refuse(const std::string& message) const;

  /// Everything as a program, without what neither the density nor a view of `saved` or `inner` needs. The position
  /// holds the blocks in the order of their rank; the views of the program are those of `saved` and of `inner`, the
  /// latter computed with the density.
  [[nodiscard]] Program finish(std::span<const View> saved, std::span<const View> inner = {});

 private:
  void remember(const ElementwiseKernels& function, std::span<const View> operands, const View& output);
  /// The log densities being collected by pointwise().
  struct Pointwise {
    Shape shape;
    std::optional<View> sum{};
    double constant = 0;
  };
  using Key = std::vector<std::intptr_t>;

  [[nodiscard]] View allocate(Space space, const Shape& shape);
  [[nodiscard]] Arena constant_arena() { return {constants_.data(), constants_.data(), nullptr}; }
  [[nodiscard]] unsigned set_loop(Instruction& instruction, std::span<const View> operands, const View* output) const;
  [[nodiscard]] Drawing next_drawing();
  [[nodiscard]] View emit_draw(ForwardKernel forward, ElementDraw element, std::span<const View> operands,
                               const Shape& shape);
  void run_or_emit(const Instruction& instruction, std::size_t operands, const View& output, bool adds_to_density);
  [[nodiscard]] std::optional<FusedTerm> fuse(const TermKernels& term, std::span<const View> operands) const;
  void add_pointwise(const View& values);

  std::string where_;
  std::uint64_t memory_limit_;
  Purpose purpose_ = Purpose::generated;
  std::uint64_t stream_ = 0;
  AlignedVector constants_;
  std::size_t variables_ = 0;
  double log_constant_ = 0;
  std::optional<Pointwise> pointwise_;
  Draft draft_;
  Facts facts_;
  std::map<Key, View> known_;              ///< operation and operands -> output
  std::set<Key> required_;                 ///< what require() was asked for
  std::map<std::uint64_t, View> scalars_;  ///< bits -> constant
  std::map<std::vector<std::int32_t>, View> integers_;
};

}  // namespace exmc::density
