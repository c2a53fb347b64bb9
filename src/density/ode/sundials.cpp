#include "sundials.hpp"

#include <nvector/nvector_serial.h>
#include <sundials/sundials_config.h>
#include <sundials/sundials_dense.h>
#include <sunmatrix/sunmatrix_dense.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#if SUNDIALS_VERSION_MAJOR != 6
#error "expected SUNDIALS 6"
#endif

namespace exmc::density::sundials {
namespace {

static_assert(sizeof(realtype) == sizeof(double), "expected SUNDIALS in double precision");

/// The content of a serial vector, that knows besides how long a block is: operations of serial vectors work on it.
/// What a step does often is here all the same, as Debian's library is built without optimisation.
struct Blocks : _N_VectorContent_Serial {
  Blocks(sunindextype total, sunindextype size)
      : _N_VectorContent_Serial{total, SUNFALSE, nullptr}, block(size), memory(static_cast<std::size_t>(total)) {
    data = memory.data();
  }

  sunindextype block;
  std::vector<double> memory;
};

const Blocks& blocks_of(N_Vector vector) { return *static_cast<const Blocks*>(vector->content); }

void destroy(N_Vector vector) {
  delete static_cast<Blocks*>(vector->content);
  vector->content = nullptr;
  N_VFreeEmpty(vector);
}

/// Null where there is no memory.
N_Vector clone(N_Vector like) {
  N_Vector vector = N_VNewEmpty(like->sunctx);
  if (vector == nullptr) return nullptr;
  const Blocks& blocks = blocks_of(like);
  vector->content = new (std::nothrow) Blocks(blocks.length, blocks.block);
  if (N_VCopyOps(like, vector) == 0 && vector->content != nullptr) return vector;
  N_VFreeEmpty(vector);
  return nullptr;
}

/// Sets each element of `result` to f of its index. It may be one of the vectors that f reads from.
template <class F>
void fill(N_Vector result, F f) {
  const Blocks& blocks = blocks_of(result);
  double* const z = blocks.data;
#pragma GCC ivdep
  for (sunindextype i = 0; i < blocks.length; ++i) z[i] = f(i);
}

void linear_sum(double a, N_Vector left, double b, N_Vector right, N_Vector result) {
  const double *const x = blocks_of(left).data, *const y = blocks_of(right).data;
  fill(result, [=](sunindextype i) { return a * x[i] + b * y[i]; });
}

void scale(double c, N_Vector vector, N_Vector result) {
  const double* const x = blocks_of(vector).data;
  fill(result, [=](sunindextype i) { return c * x[i]; });
}

void set(double c, N_Vector result) {
  fill(result, [=](sunindextype) { return c; });
}

/// Where the result is one of the vectors it is the first one.
int linear_combination(int count, double* factors, N_Vector* vectors, N_Vector result) {
  scale(factors[0], vectors[0], result);
  for (int k = 1; k < count; ++k) linear_sum(1, result, factors[k], vectors[k], result);
  return 0;
}

int scale_add_multi(int count, double* factors, N_Vector vector, N_Vector* to, N_Vector* results) {
  for (int k = 0; k < count; ++k) linear_sum(factors[k], vector, 1, to[k], results[k]);
  return 0;
}

double norm(N_Vector vector, N_Vector weights) {
  const Blocks& blocks = blocks_of(vector);
  const double *x = blocks.data, *const end = x + blocks.length, *w = blocks_of(weights).data;
  double largest = 0;
  while (x != end) {
    double sum = 0;
    for (const double* const stop = x + blocks.block; x != stop; ++x, ++w) sum += (*x * *w) * (*x * *w);
    largest = sum > largest || std::isnan(sum) ? sum : largest;
  }
  return std::sqrt(largest / static_cast<double>(blocks.block));
}

/// Of a linear solver.
struct Factors {
  sunindextype size;
  std::vector<sunindextype> pivots;
};

Factors& factors_of(SUNLinearSolver solver) { return *static_cast<Factors*>(solver->content); }

int factorise(SUNLinearSolver solver, SUNMatrix matrix) {
  Factors& factors = factors_of(solver);
  const auto zero_pivot = SUNDlsMat_denseGETRF(SM_COLS_D(matrix), factors.size, factors.size, factors.pivots.data());
  return zero_pivot > 0 ? SUNLS_LUFACT_FAIL : SUNLS_SUCCESS;
}

int solve(SUNLinearSolver solver, SUNMatrix matrix, N_Vector x, N_Vector b, double /*tolerance*/) {
  Factors& factors = factors_of(solver);
  const Blocks &from = blocks_of(b), &to = blocks_of(x);
  std::copy_n(from.data, from.length, to.data);
  for (sunindextype begin = 0; begin < to.length; begin += to.block) {
    SUNDlsMat_denseGETRS(SM_COLS_D(matrix), factors.size, factors.pivots.data(), to.data + begin);
  }
  return SUNLS_SUCCESS;
}

int free_solver(SUNLinearSolver solver) {
  delete static_cast<Factors*>(solver->content);
  solver->content = nullptr;
  SUNLinSolFreeEmpty(solver);
  return SUNLS_SUCCESS;
}

}  // namespace

Owned<SUNContext> new_context() {
  SUNContext context = nullptr;
  (void)SUNContext_Create(nullptr, &context);
  return Owned<SUNContext>(made(context));
}

Owned<N_Vector> new_vector(std::size_t size, std::size_t blocks, SUNContext context) {
  const auto block = static_cast<sunindextype>(size), length = static_cast<sunindextype>(size * blocks);
  Owned<N_Vector> vector(made(N_VNewEmpty_Serial(length, context)));
  auto content = std::make_unique<Blocks>(length, block);
  std::free(vector->content);  // that of a serial vector, without data
  vector->content = content.release();
  vector->ops->nvclone = clone;
  vector->ops->nvcloneempty = nullptr;
  vector->ops->nvdestroy = destroy;
  vector->ops->nvlinearsum = linear_sum;
  vector->ops->nvscale = scale;
  vector->ops->nvconst = set;
  vector->ops->nvlinearcombination = linear_combination;
  vector->ops->nvscaleaddmulti = scale_add_multi;
  vector->ops->nvwrmsnorm = norm;
  return vector;
}

Owned<SUNMatrix> new_matrix(std::size_t size, SUNContext context) {
  const auto n = static_cast<sunindextype>(size);
  return Owned<SUNMatrix>(made(SUNDenseMatrix(n, n, context)));
}

Owned<SUNLinearSolver> new_block_solver(std::size_t size, SUNContext context) {
  Owned<SUNLinearSolver> solver(made(SUNLinSolNewEmpty(context)));
  solver->ops->gettype = [](SUNLinearSolver) { return SUNLINEARSOLVER_DIRECT; };
  solver->ops->setup = factorise;
  solver->ops->solve = solve;
  solver->ops->free = free_solver;
  solver->content = new Factors{static_cast<sunindextype>(size), std::vector<sunindextype>(size)};
  return solver;
}

}  // namespace exmc::density::sundials
