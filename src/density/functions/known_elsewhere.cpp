#include "known_elsewhere.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace exmc::density {
namespace {

using Entry = std::pair<std::string_view, std::string_view>;

constexpr std::array kElsewhere = std::to_array<Entry>({
    {"Phi_approx", "Phi(x)"},
    {"append_array", "concat([a, b])"},
    {"append_col", "concat([a, b], 1)"},
    {"append_row", "concat([a, b])"},
    {"arccos", "acos(x)"},
    {"arcsin", "asin(x)"},
    {"arctan", "atan(x)"},
    {"arctan2", "atan2(y, x)"},
    {"array", "[a, b]"},
    {"average", "mean(x)"},
    {"betaln", "lbeta(x, y)"},
    {"c", "[a, b]"},
    {"cbind", "stack([a, b], 1)"},
    {"ceiling", "ceil(x)"},
    {"chol", "cholesky(a), which is the lower triangle"},
    {"cholesky_decompose", "cholesky(a)"},
    {"cols", "len(x, 1)"},
    {"concatenate", "concat([a, b])"},
    {"cumulative_sum", "cumsum(x)"},
    {"diag_matrix", "diag(x)"},
    {"diagonal", "diag(x)"},
    {"dot_product", "a @ b"},
    {"exp2", "2 ** x"},
    {"expit", "sigmoid(x)"},
    {"fabs", "abs(x)"},
    {"fmax", "maximum(x, y)"},
    {"fmin", "minimum(x, y)"},
    {"gammaln", "lgamma(x)"},
    {"identity_matrix", "eye(n)"},
    {"ifelse", "where(condition, x, y)"},
    {"inv_logit", "sigmoid(x)"},
    {"inv_sqrt", "1 / sqrt(x)"},
    {"inv_square", "1 / x ** 2"},
    {"invlogit", "sigmoid(x)"},
    {"length", "len(x)"},
    {"ln", "log(x)"},
    {"log1p_exp", "softplus(x)"},
    {"log1pexp", "softplus(x)"},
    {"log_determinant", "logdet(a)"},
    {"log_inv_logit", "-softplus(-x)"},
    {"log_sum_exp", "logsumexp(x)"},
    {"loggamma", "lgamma(x)"},
    {"matrix", "reshape(x, [rows, columns])"},
    {"mdivide_left_tri_low", "solve_triangular(a, b)"},
    {"multiply", "x * y"},
    {"ncol", "len(x, 1)"},
    {"norm_cdf", "Phi(x)"},
    {"normal_cdf", "Phi((x - mu) / sigma)"},
    {"nrow", "len(x)"},
    {"num_elements", "len(x)"},
    {"ones_like", "ones(shape(x))"},
    {"ones_row_vector", "ones(n)"},
    {"ones_vector", "ones(n)"},
    {"plogis", "sigmoid(x)"},
    {"pmax", "maximum(x, y)"},
    {"pmin", "minimum(x, y)"},
    {"pnorm", "Phi(x)"},
    {"pow", "x ** y"},
    {"power", "x ** y"},
    {"psi", "digamma(x)"},
    {"qlogis", "logit(x)"},
    {"rbind", "stack([a, b])"},
    {"rep", "repeat(x, times)"},
    {"rep_array", "full(shape, x)"},
    {"rep_matrix", "full([rows, columns], x)"},
    {"rep_vector", "full(n, x)"},
    {"rows", "len(x)"},
    {"seq", "arange(start, stop)"},
    {"size", "len(x)"},
    {"slogdet", "logdet(a)"},
    {"sq", "square(x)"},
    {"subtract", "x - y"},
    {"t", "transpose(x)"},
    {"tensordot", "dot(a, b)"},
    {"to_array_1d", "reshape(x, [-1])"},
    {"to_matrix", "reshape(x, [rows, columns])"},
    {"to_vector", "reshape(x, [-1])"},
    {"vstack", "stack([a, b])"},
    {"zeros_like", "zeros(shape(x))"},
    {"zeros_vector", "zeros(n)"},
});
static_assert(std::ranges::is_sorted(kElsewhere, {}, &Entry::first));

}  // namespace

std::string_view function_known_elsewhere(std::string_view name) {
  const auto found = std::ranges::lower_bound(kElsewhere, name, {}, &Entry::first);
  return found != kElsewhere.end() && found->first == name ? found->second : std::string_view{};
}

}  // namespace exmc::density
