#include "solver.hpp"

#include <cvodes/cvodes.h>
#include <cvodes/cvodes_ls.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>

#include "sundials.hpp"

namespace exmc::density {
namespace {

using sundials::made;
using sundials::Owned;

/// How many steps of Adams' method are taken before it is asked whether there is stiffness, and for how many of them
/// there may be one whose fixed-point iteration did not converge: it is the step size that stability allows then, and
/// not the one that accuracy does.
constexpr long kLook = 100, kStepsPerFailure = 10;

struct FreeCvode {
  void operator()(void* memory) const { CVodeFree(&memory); }
  void operator()(SUNNonlinearSolver solver) const { (void)SUNNonlinSolFree(solver); }
};

void require(int flag, const char* what) {
  if (flag != CV_SUCCESS) throw std::logic_error("CVODES: " + std::string(what) + " gives " + std::to_string(flag));
}

bool all_finite(const double* x, std::size_t count) {
  double zero = 0;
  for (std::size_t i = 0; i < count; ++i) zero += x[i] * 0;  // NaN where one is not finite
  return zero == 0;
}

/// One method of CVODES.
struct Integrator {
  std::unique_ptr<void, FreeCvode> cvode;
  Owned<SUNMatrix> matrix;
  Owned<SUNLinearSolver> linear;
  std::unique_ptr<std::remove_pointer_t<SUNNonlinearSolver>, FreeCvode> fixed_point;
  bool may_be_stiff = false;  ///< whether another method would take over
};

long steps_of(void* cvode) {
  long steps = 0;
  (void)CVodeGetNumSteps(cvode, &steps);
  return steps;
}

bool is_stiff(void* cvode) {
  long failures = 0;
  (void)CVodeGetNumNonlinSolvConvFails(cvode, &failures);
  return steps_of(cvode) >= kLook && failures * kStepsPerFailure > steps_of(cvode);
}

OdeOutcome::End end_of(int flag) {
  switch (flag) {
    case CV_TOO_MUCH_WORK:
      return OdeOutcome::End::too_many_steps;
    case CV_RHSFUNC_FAIL:
    case CV_FIRST_RHSFUNC_ERR:
    case CV_REPTD_RHSFUNC_ERR:
    case CV_UNREC_RHSFUNC_ERR:
      return OdeOutcome::End::undefined;
    default:
      return OdeOutcome::End::too_hard;
  }
}

/// So near that no step leads from one to the other.
bool are_one(double a, double b) {
  return std::abs(a - b) <= 4 * std::numeric_limits<double>::epsilon() * std::max(std::abs(a), std::abs(b));
}

}  // namespace

/// What one solution after the other works with.
struct OdeSolver::Memory {
  Memory(std::size_t number_of_states, std::size_t columns, const OdeSettings& chosen)
      : states(number_of_states),
        size(number_of_states * (1 + columns)),
        settings(chosen),
        context(sundials::new_context()),
        z(sundials::new_vector(number_of_states, 1 + columns, context.get())) {
    if (chosen.adams) adams = make(CV_ADAMS);
    if (chosen.bdf) bdf = make(CV_BDF);
    if (adams) adams->may_be_stiff = chosen.bdf;
  }

  Integrator make(int method) {
    Integrator made_of;
    made_of.cvode.reset(made(CVodeCreate(method, context.get())));
    void* const cvode = made_of.cvode.get();
    require(CVodeInit(cvode, derivatives, 0, z.get()), "CVodeInit");
    require(CVodeSetErrHandlerFn(
                cvode, [](int, const char*, const char*, char*, void*) {}, nullptr),
            "its messages");
    require(CVodeSetUserData(cvode, this), "CVodeSetUserData");
    require(CVodeWFtolerances(cvode, weights), "CVodeWFtolerances");
    if (method == CV_ADAMS) {
      made_of.fixed_point.reset(made(SUNNonlinSol_FixedPoint(z.get(), 0, context.get())));
      require(CVodeSetNonlinearSolver(cvode, made_of.fixed_point.get()), "CVodeSetNonlinearSolver");
    } else {
      made_of.matrix = sundials::new_matrix(states, context.get());
      made_of.linear = sundials::new_block_solver(states, context.get());
      require(CVodeSetLinearSolver(cvode, made_of.linear.get(), made_of.matrix.get()), "CVodeSetLinearSolver");
      require(CVodeSetJacFn(cvode, jacobian), "CVodeSetJacFn");
    }
    return made_of;
  }

  static int derivatives(double t, N_Vector at, N_Vector result, void* memory) {
    const Memory& self = *static_cast<const Memory*>(memory);
    double* const dz = N_VGetArrayPointer(result);
    self.system->derivatives(t, N_VGetArrayPointer(at), dz);
    return all_finite(dz, self.size) ? 0 : 1;  // 1: with a shorter step it may be
  }

  static int jacobian(double t, N_Vector at, N_Vector, SUNMatrix matrix, void* memory, N_Vector, N_Vector, N_Vector) {
    const Memory& self = *static_cast<const Memory*>(memory);
    double* const columns = SM_DATA_D(matrix);
    self.system->jacobian(t, N_VGetArrayPointer(at), columns);
    return all_finite(columns, self.states * self.states) ? 0 : 1;
  }

  static int weights(N_Vector at, N_Vector result, void* memory) {
    const Memory& self = *static_cast<const Memory*>(memory);
    const double* z = N_VGetArrayPointer(at);
    double* w = N_VGetArrayPointer(result);
    for (std::size_t block = 0; block * self.states < self.size; ++block) {
      const double scale = block == 0 ? 1 : std::max(1.0, self.scales[block - 1]);
      const double atol = self.settings.atol / scale;
      for (std::size_t i = 0; i < self.states; ++i) *w++ = 1 / (self.settings.rtol * std::abs(*z++) + atol);
    }
    return 0;
  }

  OdeOutcome run(const Integrator& integrator, double start, std::span<const double> times, const double* first,
                 double* rows) {
    void* const cvode = integrator.cvode.get();
    double* const here = N_VGetArrayPointer(z.get());
    std::copy_n(first, size, here);
    (void)CVodeReInit(cvode, start, z.get());
    (void)CVodeSetStopTime(cvode, times.back());
    double time = start;
    for (const double next : times) {
      if (!are_one(next, time)) {
        const int flag = advance(integrator, next, time);
        if (flag < 0) return {end_of(flag), time};
      }
      std::copy_n(here, size, rows);
      rows += size;
    }
    return {};
  }

  int advance(const Integrator& integrator, double to, double& time) const {
    void* const cvode = integrator.cvode.get();
    for (;;) {
      const long left = static_cast<long>(settings.max_steps) - steps_of(cvode);
      if (left <= 0) return CV_TOO_MUCH_WORK;
      (void)CVodeSetMaxNumSteps(cvode, integrator.may_be_stiff ? std::min(left, kLook) : left);
      const int flag = CVode(cvode, to, z.get(), &time, CV_NORMAL);
      if (integrator.may_be_stiff && is_stiff(cvode)) return CV_TOO_MUCH_WORK;
      if (flag != CV_TOO_MUCH_WORK) return flag;
    }
  }

  std::size_t states, size;  ///< size: of z
  OdeSettings settings;
  Owned<SUNContext> context;
  Owned<N_Vector> z;
  std::optional<Integrator> adams, bdf;
  OdeSystem* system = nullptr;
  const double* scales = nullptr;
};

OdeSolver::OdeSolver(std::size_t states, std::size_t columns, const OdeSettings& settings)
    : memory_(std::make_unique<Memory>(states, columns, settings)) {}
OdeSolver::~OdeSolver() = default;

OdeOutcome OdeSolver::solve(OdeSystem& system, double start, std::span<const double> times, const double* first,
                            const double* scales, double* rows) {
  using End = OdeOutcome::End;
  double before = start;
  if (!std::isfinite(start)) return {End::unordered, start};
  for (const double time : times) {
    if (!(time >= before) || !std::isfinite(time)) return {End::unordered, time};
    before = time;
  }
  if (times.empty()) return {};
  memory_->system = &system;
  memory_->scales = scales;
  if (!all_finite(first, memory_->size)) return {End::undefined, start};
  OdeOutcome outcome;
  for (const std::optional<Integrator>* const method : {&memory_->adams, &memory_->bdf}) {
    if (!*method) continue;
    outcome = memory_->run(**method, start, times, first, rows);
    if (outcome.end == End::solved) break;
  }
  return outcome;
}

}  // namespace exmc::density
