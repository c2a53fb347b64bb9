#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace exmc::density {

/// The right-hand side of an initial value problem with its forward sensitivities, S_j = dy / dp_j for each of the
/// columns j: dy/dt = f(t, y, p), dS_j/dt = (df/dy) S_j + df/dp_j. A point z is y followed by S_0, S_1, ...
class OdeSystem {
 public:
  OdeSystem() = default;
  OdeSystem(const OdeSystem&) = delete;
  OdeSystem& operator=(const OdeSystem&) = delete;
  virtual ~OdeSystem() = default;

  /// dz/dt, whatever it is where f is not defined.
  virtual void derivatives(double t, const double* z, double* dz) = 0;
  /// df/dy, states x states, column after column.
  virtual void jacobian(double t, const double* y, double* columns) = 0;
};

struct OdeSettings {
  bool adams = true, bdf = true;  ///< methods, at least one; where the first has no solution the second begins anew
  double rtol = 1e-6, atol = 1e-6;
  std::uint64_t max_steps = 10000;
};

/// How a solution ended, and when.
struct OdeOutcome {
  enum class End {
    solved,
    unordered,       ///< times do not ascend from the start, or are not finite
    too_many_steps,  ///< more than max_steps
    undefined,       ///< the right-hand side is not finite, however short the step
    too_hard         ///< no step is short enough for the tolerances
  };
  End end = End::solved;
  double time = 0;  ///< how far it came; of `unordered` the time concerned
};

/// Solves a system of one size by CVODES (Hindmarsh et al. 2005, doi:10.1145/1089014.1089020) as often as wanted, each
/// time as if it were the first. Of one thread at a time; allocates nothing after it was made.
///
/// States and sensitivities are one vector to it: its norm is the largest of those of the states and of each column
/// (weighted root mean squares), so steps are as short as the most demanding wants, and Newton's iteration takes df/dy
/// for each of them (a simultaneous corrector, Maly and Petzold 1996, doi:10.1016/0168-9274(95)00117-4).
class OdeSolver {
 public:
  OdeSolver(std::size_t states, std::size_t columns, const OdeSettings& settings);
  OdeSolver(const OdeSolver&) = delete;
  OdeSolver& operator=(const OdeSolver&) = delete;
  ~OdeSolver();

  /// @param first   z at `start`
  /// @param scales  of each column, how large that with respect to which it is may be: errors of S_j are weighed with
  ///                atol / max(1, scale)
  /// @param rows    receives z at each of `times`
  [[nodiscard]] OdeOutcome solve(OdeSystem& system, double start, std::span<const double> times, const double* first,
                                 const double* scales, double* rows);

 private:
  struct Memory;
  std::unique_ptr<Memory> memory_;
};

}  // namespace exmc::density
