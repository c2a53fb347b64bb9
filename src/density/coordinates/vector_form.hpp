#pragma once

#include <optional>
#include <set>
#include <string>

#include "../functions/expression_compiler.hpp"
#include "exmc/ir/expression.hpp"

namespace exmc::density {

/// Vectors and matrices longer than this are sampled as they are written: a gradient costs the cube of it.
inline constexpr std::size_t kLongestVector = 200;

/// x = shift + matrix z for vectors z, which are the rows or the columns of z's array or all of it, and the same of x.
struct VectorForm {
  View matrix;                         ///< (m, n), and before these axes nothing or one for each vector
  std::optional<View> shift;           ///< broadcasts to `shape`
  Shape shape;                         ///< of x
  bool columns = false;                ///< of two axes; else they stand along the last axis
  std::set<std::string> matrix_names;  ///< that stand in the expressions which the matrix is made of
};

/// An expression, such as mu + L @ (s * z) or z @ transpose(L), as that, of a variable z of one or two axes that stands
/// in it once. Nothing where it is written in another way, or is no product with a matrix.
class VectorForms {
 public:
  /// @param where of the expression, for messages
  VectorForms(Builder& builder, ExpressionCompiler& expressions, const std::string& where)
      : builder_(builder), expressions_(expressions), where_(where) {}

  [[nodiscard]] std::optional<VectorForm> find(const ir::Expression& expression, const std::string& z,
                                               const Shape& shape);

 private:
  struct Partial;
  [[nodiscard]] std::optional<Partial> visit(const ir::Expression& expression, const std::string& z,
                                             const Shape& shape);
  [[nodiscard]] std::optional<Partial> add(Partial inner, const View& other, bool subtract);
  [[nodiscard]] std::optional<Partial> multiply(Partial inner, const View& other);
  [[nodiscard]] std::optional<Partial> matrix_product(Partial inner, const View& other, bool from_left);

  Builder& builder_;
  ExpressionCompiler& expressions_;
  const std::string& where_;
};

}  // namespace exmc::density
