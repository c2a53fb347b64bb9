#pragma once

#include <cstddef>
#include <vector>

#include "../program/builder.hpp"
#include "../program/program.hpp"

namespace exmc::density {

/// A program that an instruction of another one runs, many times over: the step of a recurrence. It computes results
/// from inputs that stand in its own variable space; where that is, who runs it says. A number that `values` or
/// `adjoints` is asked for starts at a pack boundary, room() of them.
class NestedProgram {
 public:
  /// Numbers that stand one after the other.
  struct Block {
    std::size_t offset = 0, size = 0;
    bool variable = true;  ///< false of results that depend on no input: among the constants
  };

  /// Nothing to run.
  NestedProgram() = default;
  /// @param inputs   position blocks of the builder
  /// @param results  dense views of it
  NestedProgram(Builder& builder, const std::vector<View>& inputs, const std::vector<View>& results);

  /// Doubles of a variable space and of an adjoint arena.
  [[nodiscard]] std::size_t room() const { return program_.variables; }
  [[nodiscard]] std::size_t results() const { return results_.size(); }
  /// Elements that one run computes.
  [[nodiscard]] double elements() const;
  [[nodiscard]] const Block& input(std::size_t k) const { return inputs_[k]; }
  [[nodiscard]] const Block& result(std::size_t k) const { return results_[k]; }
  [[nodiscard]] const double* result_at(std::size_t k, const double* values) const {
    return (results_[k].variable ? values : program_.constants.data()) + results_[k].offset;
  }

  /// Computes the results from the inputs.
  void forward(double* values) const;
  /// Adds to the inputs' adjoints what follows from those of the results. `values` are as forward() left them.
  void reverse(double* values, double* adjoints) const;

 private:
  Program program_;
  std::vector<Block> inputs_, results_;
};

}  // namespace exmc::density
