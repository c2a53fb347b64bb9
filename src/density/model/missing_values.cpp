#include "missing_values.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "../kernels/selection.hpp"
#include "../operations/indexing.hpp"
#include "../operations/join.hpp"
#include "../operations/reshape.hpp"
#include "exmc/core/error.hpp"
#include "model_compiler.hpp"

/// Observed variables of which values are missing.
namespace exmc::density {
namespace {

bool is_missing(double x) { return std::isnan(x); }

/// The row-major numbers of the elements that are missing, or of those that are there.
Array numbers_of(const Array& data, bool missing) {
  std::vector<double> numbers;
  for (std::size_t i = 0; i < data.values.size(); ++i) {
    if (is_missing(data.values[i]) == missing) numbers.push_back(static_cast<double>(i));
  }
  const std::size_t count = numbers.size();
  return {{count}, std::move(numbers)};
}

/// Data with a number of the domain where values are missing.
Array filled(const Array& data, const Domain& domain) {
  Array whole = data;
  std::ranges::replace_if(whole.values, is_missing, domain.contains(0.5) ? 0.5 : 1.0);
  return whole;
}

/// 1 where there is a value, else 0.
Array mask_of(const Array& data) {
  Array mask = data;
  for (double& x : mask.values) x = is_missing(x) ? 0 : 1;
  return mask;
}

/// @throws InputError where values of such a variable can be neither parameters nor left out.
void require_kind(const Law& law, const ir::RandomVariable& node, const std::string& place) {
  if (node.missing == ir::Missing::dropped) {
    if (law.event_rank == 0) return;
    throw InputError(place, "\"drop\" leaves out numbers, not parts of a vector or matrix: one node for each draw");
  }
  if (law.discrete) {
    throw InputError(
        place, node.distribution + " is discrete, and sampling needs gradients: \"drop\" leaves missing values out");
  }
  if (law.support == nullptr) throw InputError(place, law.never_free + ": \"drop\" leaves missing values out");
  if (law.support->event_rank > 0) {
    throw InputError(place,
                     "an element alone cannot be missing from support \"" + std::string(law.support->name) + "\"");
  }
}

/// @throws InputError for what is there and cannot be.
void require_possible(const Law& law, const Array& data, const std::string& place) {
  if (law.event_rank > 0) return;  // any number
  const Array whole = filled(data, law.domain == nullptr ? kReal : *law.domain);
  const std::vector<bool> possible = law.possible(whole);
  for (std::size_t i = 0; i < possible.size(); ++i) {
    if (!possible[i] && !is_missing(data.values[i])) return law.require_possible(whole, place);
  }
}

}  // namespace

std::set<std::string> incomplete_data(const ir::Model& model) {
  std::set<std::string> names;
  for (const ir::Node& node : model.nodes) {
    const auto* const variable = std::get_if<ir::RandomVariable>(&node.kind);
    if (variable != nullptr && variable->missing != ir::Missing::refused) {
      collect_names(*variable->observed, model.source, names);
    }
  }
  std::erase_if(names, [&](const std::string& name) {
    const auto data = model.data.find(name);
    return data == model.data.end() || std::ranges::none_of(data->second.values, is_missing);
  });
  return names;
}

View elements_of(Builder& builder, const View& array, const View& numbers) {
  const View flat = reshaped(builder, array, {element_count(array.shape)});
  return indexed(builder, flat, std::array<IndexEntry, 1>{numbers}, "");
}

void ModelCompiler::require_complete(const ir::Node& user, const std::string& key, const std::string& name,
                                     const std::string& place) const {
  if (const auto found = nodes_.find(name); found != nodes_.end()) {
    const auto* const used = std::get_if<ir::RandomVariable>(&model_.nodes[found->second].kind);
    if (used == nullptr || used->missing != ir::Missing::dropped) return;
    throw InputError(place, "\"" + name + "\" leaves missing values out, so nothing can depend on it");
  }
  if (!incomplete_.contains(name)) return;
  const auto* const variable = std::get_if<ir::RandomVariable>(&user.kind);
  if (variable != nullptr && variable->missing != ir::Missing::refused && key == "observed") return;
  throw InputError(place, "the data \"" + name +
                              "\" has missing values: name the node that observes it, with \"missing\": \"impute\"");
}

/// The node that has the missing values introduces them, since their density is its own.
void ModelCompiler::compile_node(std::size_t, const ir::Imputed&) {}

/// Data with parameters where values are missing.
View ModelCompiler::impute(std::size_t imputed, const Law& law, const Array& data, const std::string& place) {
  const Array missing = numbers_of(data, true), seen = numbers_of(data, false);
  const View numbers = builder_.constant(missing);
  const auto bound_of = [&](const std::optional<View>& bound) -> std::optional<View> {
    if (!bound) return std::nullopt;
    return elements_of(builder_, broadcast_to(*bound, law.shape), numbers);
  };
  const Bounds bounds{bound_of(law.bounds.lower), bound_of(law.bounds.upper)};
  values_[imputed] = introduce(imputed, *law.support, bounds, missing.shape);
  builder_.locate(place);
  Array known{seen.shape, {}}, order = data;
  double next_seen = 0, next_missing = static_cast<double>(seen.values.size());
  for (double& x : order.values) {
    if (!is_missing(x)) known.values.push_back(x);
    x = is_missing(x) ? next_missing++ : next_seen++;
  }
  const View all = concatenated(builder_, std::array{builder_.constant(known), values_[imputed]}, 0);
  return indexed(builder_, all, std::array<IndexEntry, 1>{builder_.constant(order)}, place);
}

void ModelCompiler::draw_missing(std::size_t index, std::size_t imputed, const Law& law, const Array& data) {
  const View drawn = draw_prior(index, law, imputed);
  values_[imputed] = elements_of(builder_, drawn, builder_.constant(numbers_of(data, true)));
  values_[index] =
      builder_.apply<Where>({builder_.constant(mask_of(data)), builder_.constant(filled(data, kReal)), drawn});
}

void ModelCompiler::compile_with_missing(std::size_t index, const ir::RandomVariable& node) {
  const std::string& name = model_.nodes[index].name;
  const std::string place = where(index, "observed");
  const bool imputes = node.missing == ir::Missing::imputed, draws = aim_ == Aim::prior;
  values_[index] = data_of(index, node);
  const Array data = builder_.evaluate(values_[index]);
  Law law = laws_.compile(node, shape_request(index, node), where(index));
  require_kind(law, node, where(index, "missing"));
  require_possible(law, data, place);
  const View seen = builder_.constant(numbers_of(data, false));
  if (imputes) {
    const std::size_t imputed = nodes_.at(ir::imputed_name(name));
    if (draws) draw_missing(index, imputed, law, data);
    if (!draws) values_[index] = impute(imputed, law, data, place);
    law.lower = [this, law, place](const View& value) { add_where_possible(builder_, law, value, place); };
    const NodeLaw::Elements rest{name, builder_.constant(numbers_of(data, true))};
    if (law.event_rank == 0) priors_.push_back({ir::imputed_name(name), law, rest});
  } else {
    values_[index] = builder_.constant(filled(data, law.domain == nullptr ? kReal : *law.domain));
    law.lower = [this, law, mask = builder_.constant(mask_of(data))](const View& value) {
      const View all = builder_.pointwise(law.shape, [&] { law.lower(value); });
      builder_.add_values(builder_.apply<Where>({mask, all, builder_.constant(0.0)}));
    };
  }
  builder_.locate(where(index));
  surveyed_law_ = law;
  if (aim_ == Aim::density) law.lower(values_[index]);
  observed_.push_back({name, data, law.never_drawn});
  const bool by_element = law.event_rank == 0;
  observations_.push_back({name, law, by_element ? std::optional(NodeLaw::Elements{name, seen}) : std::nullopt});
}

}  // namespace exmc::density
