#include <cmath>

#include "exmc/core/error.hpp"
#include "law.hpp"
#include "written_law.hpp"

/// Functions of distributions in expressions.
namespace exmc::density {
namespace {

/// Of counts, whose distribution function is that of whole numbers: what is between two of them is at the lower one.
View whole(Builder& builder, const View& x) {
  Array points = builder.evaluate(x);
  for (double& point : points.values) point = std::floor(point);
  return builder.constant(points);
}

}  // namespace

View LawCompiler::apply(std::string_view function, const ir::Expression& distribution, View x,
                        const std::string& where) {
  const ir::RandomVariable variable = written_law(distribution, where);
  const Law law = compile_at(variable, x, where + ": " + variable.distribution, where);
  if (function == "log_density") {
    if (x.constant() && law.event_rank > 0) law.require_possible(builder_.evaluate(x), where);
    return log_density(builder_, law, x, where);
  }
  if (!law.log_probability) {
    throw InputError(where,
                     variable.distribution + " is of vectors or matrices, which have no " + std::string(function));
  }
  const View probability = law.log_probability(law.discrete ? whole(builder_, x) : x,
                                               function == "log_cdf" ? Tail::lower : Tail::upper, where);
  return broadcast_to(probability, law.shape);
}

}  // namespace exmc::density
