#include <algorithm>
#include <array>

#include "exmc/core/error.hpp"
#include "law.hpp"

/// Laws whose density is taken of an expression.
namespace exmc::density {
namespace {

/// The second operand where the first, which is data, is 1; -inf where it is 0.
struct WherePossible {
  static constexpr std::size_t kOperands = 2;
  static constexpr std::array kVariants = {0b11U};
  template <class T>
  static T value(const T* p) {
    return select(p[0] > 0.0, p[1], T{} - detail::kInfinity);
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    d[0] = T{};
    d[1] = p[0];
  }
};

/// How many axes one draw has; of what is made of others that of the first.
std::size_t event_rank_of(const ir::RandomVariable& variable) {
  const Distribution* const distribution = find_distribution(variable.distribution);
  if (distribution != nullptr) return distribution->event_rank();
  return variable.components.empty() ? 0 : event_rank_of(variable.components.front());
}

bool is_censored(const ir::RandomVariable& variable) { return variable.distribution == "censored"; }

void require_density_of_parameters(const ir::RandomVariable& variable, const Law& law, const std::string& place) {
  if (is_censored(variable)) {
    throw InputError(place,
                     "must be data: what is censored is at its bounds with a probability of its own, and has no "
                     "density there");
  }
  if (law.discrete) {
    throw InputError(place, "must be data: " + variable.distribution +
                                " is discrete, and what depends on parameters has no probability of being a whole "
                                "number");
  }
}

}  // namespace

View log_density(Builder& builder, const Law& law, const View& value, const std::string& place) {
  const auto pointwise = [&](const View& x) { return builder.pointwise(law.batch(), [&] { law.lower(x); }); };
  if (!value.constant()) {
    return builder.pointwise(law.batch(), [&] { add_where_possible(builder, law, value, place); });
  }
  if (law.event_rank > 0 || law.domain == nullptr) return pointwise(value);
  const Array data = builder.evaluate(value);
  const std::vector<bool> possible = law.possible(data);
  if (std::find(possible.begin(), possible.end(), false) == possible.end()) return pointwise(value);
  const View log_density = pointwise(with_stand_ins(builder, data, possible, *law.domain));
  const View mask = builder.constant(Array{data.shape, {possible.begin(), possible.end()}});
  return builder.apply<WherePossible>({mask, log_density});
}

void add_where_possible(Builder& builder, const Law& law, const View& value, const std::string& place) {
  Conditions conditions;
  if (law.domain != nullptr) {
    require_value(builder, *law.domain, law.bounds, value, law.event_rank, place, conditions);
  }
  add_where_met(builder, conditions, law.batch(), [&] { law.lower(value); });
}

Law LawCompiler::compile_at(const ir::RandomVariable& variable, View& value, const std::string& where,
                            const std::string& place) {
  ShapeRequest request{value.shape, {}, {}, "value"};
  if (event_rank_of(variable) == 0) {
    const Shape own = compile(variable, {}, where).shape;
    request.given = broadcast(value.shape, own);
    if (!request.given) {
      throw InputError(place, "shape " + to_string(value.shape) + " does not broadcast with " + to_string(own) +
                                  " of the parameters");
    }
  }
  Law law = compile(variable, request, where);
  value = broadcast_to(value, law.shape);
  if (value.constant()) return law;
  require_density_of_parameters(variable, law, place);
  law.draw = nullptr;
  law.never_drawn = "it is the density of an expression";
  return law;
}

}  // namespace exmc::density
