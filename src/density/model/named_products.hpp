#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "exmc/ir/model.hpp"

namespace exmc::density {

/// A model in which products with a matrix that a standard normal vector is scaled for (`X @ w` where `w` is `s * z`,
/// wherever it stands) are derived nodes of their own, with what names in them stand for. The density is the same. Such
/// a node is what coordinates of vectors are found by.
struct NamedProducts {
  struct Product {
    std::size_t vector, node;  ///< z, and the product, which is behind the nodes of the model
  };
  ir::Model model;
  std::vector<Product> products;
};

/// Of the variables that are not in `left_out`. Nothing where there are none: where a variable, or what is made of it
/// before the product, is used in more than one place, it must stay what it is.
[[nodiscard]] std::optional<NamedProducts> name_products(const ir::Model& model, const std::set<std::string>& left_out);

}  // namespace exmc::density
