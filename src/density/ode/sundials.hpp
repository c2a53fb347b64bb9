#pragma once

#include <sundials/sundials_context.h>
#include <sundials/sundials_linearsolver.h>
#include <sundials/sundials_matrix.h>
#include <sundials/sundials_nvector.h>

#include <cstddef>
#include <memory>
#include <new>
#include <type_traits>

/// What SUNDIALS has of vectors and linear solvers, for a system with its sensitivities.
namespace exmc::density::sundials {

struct Free {
  void operator()(SUNContext context) const { (void)SUNContext_Free(&context); }
  void operator()(N_Vector vector) const { N_VDestroy(vector); }
  void operator()(SUNMatrix matrix) const { SUNMatDestroy(matrix); }
  void operator()(SUNLinearSolver solver) const { (void)SUNLinSolFree(solver); }
};
template <class Handle>
using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, Free>;

/// @throws std::bad_alloc where SUNDIALS made nothing, for lack of memory
template <class Handle>
[[nodiscard]] Handle made(Handle handle) {
  if (handle == nullptr) throw std::bad_alloc();
  return handle;
}

[[nodiscard]] Owned<SUNContext> new_context();
/// `blocks` times `size` doubles, whose weighted norm is the largest of the blocks' root mean squares.
[[nodiscard]] Owned<N_Vector> new_vector(std::size_t size, std::size_t blocks, SUNContext context);
[[nodiscard]] Owned<SUNMatrix> new_matrix(std::size_t size, SUNContext context);
/// Solves the same dense system for each block of a vector, by LU factorisation with partial pivoting.
[[nodiscard]] Owned<SUNLinearSolver> new_block_solver(std::size_t size, SUNContext context);

}  // namespace exmc::density::sundials
