#pragma once

#include <cstddef>

#include "../distributions/distribution.hpp"

namespace exmc::density {

/// Logarithms of the probabilities that a number is up to a point, and above it.
struct LogTails {
  double lower, upper;
};

/// The distribution function of a distribution as a program of its own, for numbers that a model's program comes upon
/// while it runs: it depends on nothing but the distribution and which of its parameters are given.
class TailProgram {
 public:
  /// Points are taken that many at a time.
  static constexpr std::size_t kBlock = 16;
  /// Doubles that run() needs room for, at a pack boundary.
  static constexpr std::size_t kRoom = 2048;

  TailProgram(const Distribution& distribution, const Variable& variable);

  [[nodiscard]] static double* points(double* room) { return room; }
  /// Parameters in the order of the variable's.
  [[nodiscard]] static double* parameter(double* room, std::size_t k) { return room + (k + 1) * kBlock; }
  [[nodiscard]] std::size_t parameters() const { return parameters_; }
  [[nodiscard]] bool discrete() const { return discrete_; }

  /// Of all points, given them and the parameters in the room. Allocates nothing.
  void run(double* room) const;
  [[nodiscard]] LogTails tails(const double* room, std::size_t point) const;

 private:
  bool discrete_;
  std::size_t parameters_;
  Program program_;
};

/// The number of the program for a distribution and the parameters that a variable has, made when it is first asked for
/// and kept: there are as many as distributions and ways to give their parameters. Safe to be called by several
/// threads.
[[nodiscard]] std::size_t tail_program_number(const Distribution& distribution, const Variable& variable);
[[nodiscard]] const TailProgram& tail_program(std::size_t number);

}  // namespace exmc::density
