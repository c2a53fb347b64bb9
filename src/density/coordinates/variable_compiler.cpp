#include "variable_compiler.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>

#include "../distributions/terms.hpp"
#include "../functions/functions.hpp"
#include "../operations/gather.hpp"
#include "../supports/positive_transform.hpp"
#include "element.hpp"
#include "flat.hpp"
#include "kernels.hpp"
#include "scatter.hpp"

namespace exmc::density {
namespace {

const LocationScale& family_of(const ir::RandomVariable& variable) {
  return *find_distribution(variable.distribution)->location_scale;
}

/// One number for all where there is but one.
View constant_array(Builder& builder, const std::vector<double>& values, const Shape& shape) {
  const bool equal = std::all_of(values.begin(), values.end(), [&](double x) { return x == values.front(); });
  return equal ? builder.constant(values.front()) : builder.constant(Array{shape, values});
}

/// Of an array that steps nowhere, the number that it is.
View as_number(View view) {
  const bool steps = std::any_of(view.strides.begin(), view.strides.end(), [](std::ptrdiff_t s) { return s != 0; });
  return steps ? view : View{view.space, view.offset, {}, {}};
}

/// Elements of `view` by their row-major numbers, as an array of `shape`.
View take(Builder& builder, const View& view, const std::vector<std::int32_t>& elements, const Shape& shape) {
  GatherTable table{shape, {}};
  for (std::int32_t element : elements) {
    std::ptrdiff_t offset = 0;
    for (std::size_t axis = view.rank(); axis-- > 0;) {
      const auto length = static_cast<std::int32_t>(view.shape[axis]);
      offset += element % length * view.strides[axis];
      element /= length;
    }
    table.offsets.push_back(static_cast<std::int32_t>(offset));
  }
  return as_number(gather(builder, View{view.space, view.offset, {}, {}}, 0, std::move(table)));
}

/// Whether a density above 0 falls no faster than a power, or not at all.
bool has_heavy_tail(std::string_view distribution) {
  constexpr std::string_view heavy[] = {"half_cauchy", "cauchy", "half_student_t", "student_t", "inverse_gamma",
                                        "pareto",      "flat",   "half_flat",      "lognormal"};
  return std::ranges::find(heavy, distribution) != std::end(heavy);
}

}  // namespace

const ir::RandomVariable& VariableCompiler::variable(std::size_t node) const {
  return std::get<ir::RandomVariable>(model_.nodes[node].kind);
}

View VariableCompiler::compile_scale(std::size_t node, double information) {
  const ir::RandomVariable& random = variable(node);
  const LocationScale& family = family_of(random);
  const auto given = random.parameters.find(std::string(family.scale));
  View scale;
  if (given != random.parameters.end()) {
    scale = expressions_.compile(*given->second, where_(node, given->first));
  } else {
    const std::string key(family.precision);
    scale = scale_of_precision(builder_, expressions_.compile(*random.parameters.at(key), where_(node, key)));
  }
  if (information == 1) return scale;
  return builder_.apply<Multiply>({builder_.constant(1 / std::sqrt(information)), scale});
}

View VariableCompiler::scale_of(std::size_t node) {
  const PlannedVariable& planned = plan_.variables.at(node);
  if (planned.vectors) return builder_.constant(1.0);
  if (!planned.standardised) return compile_scale(node, family_of(variable(node)).information);
  const View scale = outer_scale(node);
  return planned.walk ? builder_.apply<Multiply>({scale, compile_scale(node, 1)}) : scale;
}

/// What the author multiplies by.
View VariableCompiler::outer_scale(std::size_t node) {
  const Standardised& standardised = *plan_.variables.at(node).standardised;
  if (!standardised.scale) return builder_.constant(1.0);
  return expressions_.compile(*standardised.scale, where_(standardised.derived, "expr"));
}

View VariableCompiler::location_of(std::size_t node, const Law& law) {
  const PlannedVariable& planned = plan_.variables.at(node);
  if (!planned.standardised) return law.variable[law.distribution->location_scale->location];
  if (!planned.standardised->shift) return builder_.constant(0.0);
  return expressions_.compile(*planned.standardised->shift, where_(planned.standardised->derived, "expr"));
}

Message VariableCompiler::observed(const ObservedElements& seen, const Shape& shape) {
  const View counts = constant_array(builder_, seen.counts, shape);
  const View sums = seen.rest ? sums_less_rest(seen, shape) : constant_array(builder_, seen.sums, shape);
  if (seen.known_scale) return {counts, sums};
  const View scale = compile_scale(seen.node, 1);
  const View sigma = take(builder_, broadcast_to(scale, seen.shape), seen.one_of_each, shape);
  return {builder_.apply<PrecisionOf>({counts, sigma}), builder_.apply<PrecisionOf>({sums, sigma})};
}

/// Of each element's observations, weighted.
View VariableCompiler::sums_less_rest(const ObservedElements& seen, const Shape& shape) {
  const std::string location(family_of(variable(seen.node)).location);
  const View rest = expressions_.compile(*seen.rest, where_(seen.node, location));
  const View residuals = builder_.apply<Subtract>({builder_.constant(Array{seen.shape, seen.data}), rest});
  const View weights = constant_array(builder_, seen.weights, seen.shape);
  return scatter_sum(builder_, builder_.apply<Multiply>({weights, residuals}), seen.shape, seen.elements, shape);
}

/// Of what stands beside each element, over its observations; 0 where there are none.
View VariableCompiler::mean_beside(const BesideElements& sums, const Shape& shape) {
  const View rest = expressions_.compile(*sums.rest, where_(sums.node, sums.key));
  std::vector<double> counts(element_count(shape)), weights;
  for (const std::int32_t element : sums.elements) ++counts[static_cast<std::size_t>(element)];
  for (const std::int32_t element : sums.elements) weights.push_back(1 / counts[static_cast<std::size_t>(element)]);
  const View weighted = builder_.apply<Multiply>({constant_array(builder_, weights, sums.shape), rest});
  return scatter_sum(builder_, weighted, sums.shape, sums.elements, shape);
}

/// c, where it is one number for many elements. emit_upward() computes it for those who need it besides, and
/// emit_element() on its way where nobody does.
std::optional<View> VariableCompiler::one_shrinkage(const Prepared& known, const PlannedVariable& planned) {
  constexpr std::size_t few = 32;
  if (!known.message) return std::nullopt;
  const bool one = is_one_number(known.message->k) && is_one_number(known.scale);
  if (!one || element_count(planned.shape) <= few) return std::nullopt;
  return builder_.apply<Shrinkage>({known.message->k, known.scale});
}

const VariableCompiler::Prepared& VariableCompiler::prepare(std::size_t node) {
  if (const auto found = prepared_.find(node); found != prepared_.end()) return found->second;
  const PlannedVariable& planned = plan_.variables.at(node);
  Prepared result{scale_of(node)};
  const auto add_to = [&](std::optional<Message>& sum, const Message& more) {
    sum = sum ? Message{builder_.apply<Add>({sum->k, more.k}), builder_.apply<Add>({sum->h, more.h})} : more;
  };
  for (const ObservedElements& seen : planned.observed) add_to(result.seen, observed(seen, planned.shape));
  if (result.seen) add_to(result.message, *result.seen);
  for (const std::size_t child : planned.children) add_to(result.message, *prepare(child).up);
  if (planned.learned) {
    result.slot_k = builder_.slots(planned.one_precision() ? Shape{} : planned.shape);
    result.slot_h = builder_.slots(planned.shape);
    View h = *result.slot_h;
    if (planned.beside) {
      result.beside = mean_beside(*planned.beside, planned.shape);
      h = builder_.apply<Subtract>({h, builder_.apply<Multiply>({*result.slot_k, *result.beside})});
    }
    add_to(result.message, {*result.slot_k, h});
  }
  if (planned.parent) {
    const Child child{*result.message, result.scale, planned.shape, planned.parent->elements, result.only_slots()};
    const Upward up = emit_upward(builder_, child, plan_.variables.at(planned.parent->node).shape);
    result.c = up.c;
    result.up = up.message;
  } else if (!planned.walk && !planned.vectors) {
    result.c = one_shrinkage(result, planned);
  }
  return prepared_[node] = std::move(result);
}

View VariableCompiler::introduce(std::size_t node, const Law& law) {
  if (plan_.variables.at(node).walk) return introduce_walk(node, law);
  if (plan_.variables.at(node).vectors) return introduce_vector(node, law);
  const Prepared& known = prepare(node);
  const LocationScale& family = *law.distribution->location_scale;
  const std::optional<Standardised>& standardised = plan_.variables.at(node).standardised;
  const View location = location_of(node, law), eta = builder_.position_block(law.shape, node);
  const ElementViews element =
      emit_element(builder_, {eta, location, known.scale, known.message, known.c, family.normal, known.only_slots(),
                              standardised ? ModelsElement::z : ModelsElement::x});
  if (family.normal) {
    builder_.add_constant(StandardNormalTerm::kConstant, law.shape);
  } else {
    add_prior(law, *element.z);
  }
  record(node, eta, element.x, known.scale, element.z, element.c).standardised = standardised.has_value();
  if (standardised) {
    derived_[standardised->derived] = element.x;
    return *element.z;
  }
  return family.of == LocationScale::Of::value ? element.x : exponential(builder_, element.x);
}

/// That of z, of location 0 and a scale that makes the information 1: what the scale u and the Jacobian u c of x have
/// to do with it is ln c, which emit_element() adds. Of a normal one it adds all but the constant.
void VariableCompiler::add_prior(const Law& law, const View& z) {
  const LocationScale& family = *law.distribution->location_scale;
  Variable standard{z, law.variable.parameters};
  standard.parameters.insert_or_assign(std::string(family.location), builder_.constant(0.0));
  standard.parameters.erase(std::string(family.precision));
  standard.parameters.insert_or_assign(std::string(family.scale), builder_.constant(std::sqrt(family.information)));
  law.distribution->lower(builder_, standard);
}

View VariableCompiler::logarithm_of(std::size_t node, const View& unconstrained) {
  if (!plan_.scales.contains(node)) return unconstrained;
  const View s = builder_.slots(unconstrained.shape);
  const View x = builder_.apply<SoftPositive>({unconstrained, s});
  builder_.set_inverse(x, invert_soft_positive);
  const View log = builder_.apply<SoftLogarithm>({unconstrained, s});
  builder_.remember<PositiveTransform>({log}, x);
  scales_[node] = {model_.nodes[node].name, element_count(unconstrained.shape), look_at(unconstrained), look_at(s),
                   has_heavy_tail(variable(node).distribution)};
  return log;
}

std::size_t VariableCompiler::look_at(const View& view) {
  inner_.push_back(view);
  return inner_.size() - 1;
}

LearnedVariable& VariableCompiler::record(std::size_t node, const View& eta, const View& x, const View& scale,
                                          const std::optional<View>& z, const std::optional<View>& c) {
  const Prepared& known = prepared_.at(node);
  LearnedVariable learned;
  learned.name = model_.nodes[node].name;
  learned.size = element_count(x.shape);
  const auto look = [&](const View& view) { return look_at(broadcast_to(view, x.shape)); };
  const auto look_if = [&](const std::optional<View>& view) {
    return view ? std::optional(look(*view)) : std::nullopt;
  };
  learned.eta = look_at(eta);
  learned.x = look(x);
  learned.scale = look(scale);
  if (z) learned.z = look_at(*z);
  learned.c = look_if(c);
  learned.k = look_if(known.slot_k);
  learned.h = look_if(known.slot_h);
  learned.one_precision = plan_.variables.at(node).one_precision();
  learned.beside = look_if(known.beside);
  if (known.message) learned.precision = look(known.message->k);
  if (known.seen) {
    learned.seen_k = look(known.seen->k);
    learned.seen_h = look(known.seen->h);
  }
  order_.push_back(node);
  return variables_[node] = std::move(learned);
}

Learnable VariableCompiler::learnable() const {
  Learnable all;
  std::map<std::size_t, std::size_t> places;
  for (const std::size_t node : order_) {
    places[node] = all.variables.size();
    all.variables.push_back(variables_.at(node));
    const auto& parent = plan_.variables.at(node).parent;
    if (parent) all.variables.back().parent = {places.at(parent->node), parent->elements};
  }
  for (const auto& [node, scale] : scales_) all.scales.push_back(scale);
  return all;
}

}  // namespace exmc::density
