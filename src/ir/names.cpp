#include "names.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"
#include "exmc/ir/load.hpp"

namespace exmc::ir {
namespace {

/// netCDF allows 256 bytes; a dimension of the output is called `<name>_dim_<axis>`.
constexpr std::size_t kLongestName = 240;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_word(const std::string& name) {
  return !name.empty() && is_letter(name[0]) &&
         std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace

const std::vector<std::string>& reserved_function_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> list{
        // elementwise
        "exp", "log", "log2", "log10", "log1p", "expm1", "sqrt", "square", "abs", "sign", "floor", "ceil", "round",
        "minimum", "maximum", "clip", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh",
        "sigmoid", "logit", "softplus", "erf", "erfc", "Phi", "lgamma", "digamma", "lbeta", "where",
        // reductions
        "sum", "mean", "var", "std", "prod", "min", "max", "logsumexp", "cumsum",
        // arrays and linear algebra
        "matmul", "dot", "transpose", "outer", "diag", "concat", "stack", "reshape", "repeat", "softmax", "log_softmax",
        "cholesky", "solve_triangular", "logdet"};
    std::sort(list.begin(), list.end());
    return list;
  }();
  return names;
}

void check_name(const std::string& name, const std::string& where) {
  const auto refuse = [&](const std::string& message) { throw InputError(where, message); };
  if (!is_word(name)) {
    refuse("the name " + in_quotes(name) + " is not a letter or _ followed by letters, digits and _");
  }
  if (name.size() > kLongestName) {
    refuse("the name " + in_quotes(name) + " has " + std::to_string(name.size()) + " characters, at most " +
           std::to_string(kLongestName) + " are allowed");
  }
  const std::vector<std::string>& functions = reserved_function_names();
  if (std::binary_search(functions.begin(), functions.end(), name)) {
    refuse("the name " + in_quotes(name) + " is taken by the function of that name");
  }
  if (name == "chain" || name == "draw" || name.find("_dim_") != std::string::npos) {
    refuse("the name " + in_quotes(name) + " is taken by a dimension of the output (chain, draw and *_dim_* are)");
  }
  if (name == "inf") refuse("the name \"inf\" is taken by bounds that are none");
  if (name == "None") refuse("the name \"None\" is taken by the new axis of subscripts");
}

}  // namespace exmc::ir
