#include "plan.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace exmc::density {
namespace {

using Nodes = std::set<std::size_t>;

/// Of observations whose locations are an element and something else, for each element: a message from more of them
/// costs more than the variable itself, and moves little with their scale, which so many tell.
constexpr std::size_t kMostPerElement = 4;

/// Which element of a free variable each number is, at both positions.
class Selections {
 public:
  explicit Selections(const Survey& survey) : survey_(survey) {
    for (std::size_t v = 0; v < survey.variables.size(); ++v) {
      if (survey.variables[v].observed) continue;
      const std::vector<double>& values = survey.variables[v].value[0];
      for (std::size_t i = 0; i < values.size(); ++i) where_[std::bit_cast<std::uint64_t>(values[i])] = {v, i};
    }
  }

  /// The free variable whose elements the locations of `variable` are, and which. Nothing where they are not.
  [[nodiscard]] std::optional<PlannedVariable::Parent> parent_of(const SurveyedVariable& variable) const {
    if (variable.constant_location || variable.location[0].empty()) return std::nullopt;
    std::optional<std::size_t> parent;
    std::vector<std::int32_t> elements;
    for (std::size_t i = 0; i < variable.location[0].size(); ++i) {
      const auto found = where_.find(std::bit_cast<std::uint64_t>(variable.location[0][i]));
      if (found == where_.end()) return std::nullopt;
      const auto& [owner, element] = found->second;
      if (survey_.variables[owner].value[1][element] != variable.location[1][i]) return std::nullopt;
      if (parent.value_or(owner) != owner) return std::nullopt;
      parent = owner;
      elements.push_back(static_cast<std::int32_t>(element));
    }
    return PlannedVariable::Parent{survey_.variables[*parent].node, std::move(elements)};
  }

 private:
  const Survey& survey_;
  std::map<std::uint64_t, std::pair<std::size_t, std::size_t>> where_;  ///< value -> variable, element
};

/// What observations say of each of `size` elements. Nothing where some that are of one element differ in scale.
std::optional<ObservedElements> summarise(const SurveyedVariable& seen, const std::vector<std::int32_t>& elements,
                                          std::size_t size) {
  ObservedElements result{seen.node,
                          seen.shape,
                          seen.constant_scale,
                          std::vector<double>(size),
                          std::vector<double>(size),
                          std::vector<std::int32_t>(size, -1)};
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const auto element = static_cast<std::size_t>(elements[i]);
    const double weight = seen.constant_scale ? 1 / (seen.scale[0][i] * seen.scale[0][i]) : 1;
    if (seen.rest) result.weights.push_back(weight);
    result.counts[element] += weight;
    result.sums[element] += weight * seen.data[i];
    std::int32_t& first = result.one_of_each[element];
    if (first < 0) first = static_cast<std::int32_t>(i);
    const auto one = static_cast<std::size_t>(first);
    const bool same = seen.scale[0][i] == seen.scale[0][one] && seen.scale[1][i] == seen.scale[1][one];
    if (!same && !seen.constant_scale) return std::nullopt;
  }
  for (std::int32_t& one : result.one_of_each) one = std::max(one, 0);
  if (seen.rest) {
    result.rest = seen.rest;
    result.data = seen.data;
    result.elements = elements;
  }
  return result;
}

/// Whether all elements are observed equally often, at one scale: what a walk can take.
bool is_uniform(const ObservedElements& summary, const SurveyedVariable& seen) {
  const auto equal = [](const std::vector<double>& x) {
    return std::all_of(x.begin(), x.end(), [&](double value) { return value == x.front(); });
  };
  return equal(summary.counts) && equal(seen.scale[0]) && equal(seen.scale[1]);
}

class Planner {
 public:
  explicit Planner(const Survey& survey) : survey_(survey), needs_(survey.needs), selections_(survey) {}

  CoordinatePlan plan() {
    for (const SurveyedVariable& variable : survey_.variables) {
      if (const auto parent = selections_.parent_of(variable))
        located_at_[parent->node].emplace_back(&variable, *parent);
    }
    for (const SurveyedVariable& variable : survey_.variables) {
      if (variable.standardised && may_follow(variable)) follows_.insert(variable.node);
    }
    const std::vector<std::size_t> order = sort_by_dependency(needs_).order;
    for (auto node = order.rbegin(); node != order.rend(); ++node) {  // children before parents
      const auto found = std::find_if(survey_.variables.begin(), survey_.variables.end(),
                                      [&](const SurveyedVariable& v) { return v.node == *node && !v.observed; });
      if (found != survey_.variables.end()) consider(*found);
    }
    if (plan_.variables.empty()) return {};
    for (std::size_t node = 0; node < needs_.size(); ++node) {
      if (needs_[node] != survey_.needs[node]) plan_.needs[node] = needs_[node];
    }
    for (const std::size_t node : survey_.positive) {
      if (!plan_.variables.contains(node)) plan_.scales.insert(node);
    }
    return std::move(plan_);
  }

 private:
  void consider(const SurveyedVariable& variable) {
    if (variable.standardised && !follows_.contains(variable.node)) return;
    PlannedVariable planned;
    planned.shape = variable.shape;
    planned.walk = variable.walk;
    planned.vectors = variable.vectors;
    Nodes known;  // dependents whose message is known
    const bool depends = !variable.constant_location || !variable.constant_scale;
    const auto& below = located_at_[variable.node];
    for (const auto& [child, parent] : below) {
      if (child->observed || variable.walk) continue;
      const auto found = plan_.variables.find(child->node);
      const bool speaks = found != plan_.variables.end() && found->second.has_message() && !found->second.vectors;
      if (!speaks || !may_need(variable.node, child->scale_needs, child->node)) continue;
      found->second.parent = parent;
      planned.children.push_back(child->node);
      known.insert(child->node);
    }
    if (!depends && planned.children.empty()) return;
    for (const auto& [seen, parent] : below) {
      if (!seen->observed || !seen->normal || known.contains(seen->node)) continue;
      const bool costs_more = parent.elements.size() > kMostPerElement * element_count(variable.shape);
      if (seen->rest && costs_more) continue;
      const auto summary = summarise(*seen, parent.elements, element_count(variable.shape));
      if (!summary || (variable.walk && !is_uniform(*summary, *seen))) continue;
      if (!may_need(variable.node, seen->scale_needs, seen->node)) continue;
      planned.observed.push_back(*summary);
      known.insert(seen->node);
    }
    planned.standardised = variable.standardised;
    planned.learned =
        !std::includes(known.begin(), known.end(), dependents(variable.node).begin(), dependents(variable.node).end());
    if (planned.learned && variable.vectors) planned.beside = beside(variable, known);
    if (planned.standardised && !planned.has_message()) return;  // sampled so as it is
    if (planned.standardised) standing_for_[planned.standardised->derived] = variable.node;
    plan_.variables.emplace(variable.node, std::move(planned));
  }

  std::optional<BesideElements> beside(const SurveyedVariable& variable, const Nodes& known) {
    for (const auto& [seen, parent] : located_at_[variable.node]) {
      if (!seen->rest || known.contains(seen->node)) continue;
      if (!may_need(variable.node, seen->scale_needs, seen->node)) continue;
      return BesideElements{seen->node, seen->key, seen->shape, seen->rest, parent.elements};
    }
    return std::nullopt;
  }

  /// Whether z can be compiled after what its shift and scale need; if so, it is to be.
  bool may_follow(const SurveyedVariable& variable) {
    Dependencies needs = needs_;
    needs[variable.node].insert(variable.shift_needs.begin(), variable.shift_needs.end());
    needs[variable.node].insert(variable.scale_needs.begin(), variable.scale_needs.end());
    if (!sort_by_dependency(needs).cycle.empty()) return false;
    needs_ = std::move(needs);
    return true;
  }

  /// Whether `node` can be compiled after what a message from `child`, with a scale that needs `scale`, needs; if so,
  /// it is to be.
  bool may_need(std::size_t node, Nodes scale, std::size_t child) {
    if (const auto more = message_needs_.find(child); more != message_needs_.end()) {
      scale.insert(more->second.begin(), more->second.end());
    }
    Dependencies needs = needs_;
    needs[node].insert(scale.begin(), scale.end());
    if (!sort_by_dependency(needs).cycle.empty()) return false;
    needs_ = std::move(needs);
    message_needs_[node].insert(scale.begin(), scale.end());
    return true;
  }

  /// What adds to the density and names a node, or something derived from it; a derived node that a standard normal
  /// variable stands for counts as that variable.
  const Nodes& dependents(std::size_t node) {
    const auto [found, is_new] = dependents_.try_emplace(node);
    if (!is_new) return found->second;
    Nodes reached{node}, random;
    for (const std::size_t other : sort_by_dependency(survey_.needs).order) {
      const Nodes& named = survey_.needs[other];
      const bool names = std::any_of(named.begin(), named.end(), [&](std::size_t n) { return reached.contains(n); });
      if (!names || other == node) continue;
      const auto stands_for = standing_for_.find(other);
      if (stands_for != standing_for_.end() && stands_for->second != node) {
        random.insert(stands_for->second);
      } else {
        (survey_.random[other] ? random : reached).insert(other);
      }
    }
    return found->second = std::move(random);
  }

  const Survey& survey_;
  Dependencies needs_;
  Selections selections_;
  std::map<std::size_t, std::vector<std::pair<const SurveyedVariable*, PlannedVariable::Parent>>> located_at_;
  Nodes follows_;  ///< standard normal variables that are compiled after what shifts and scales them
  std::map<std::size_t, Nodes> dependents_, message_needs_;
  std::map<std::size_t, std::size_t> standing_for_;  ///< derived node -> the variable that it is a shift and scale of
  CoordinatePlan plan_;
};

}  // namespace

CoordinatePlan plan_coordinates(const Survey& survey) { return Planner(survey).plan(); }

}  // namespace exmc::density
