#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "../coordinates/vector_form.hpp"
#include "../functions/functions.hpp"
#include "model_compiler.hpp"
#include "node_facts.hpp"
#include "standard_form.hpp"

/// Variables that a model's author scales afterwards.
namespace exmc::density {

/// The derived node that alone of those which feed the density names a variable.
std::optional<std::size_t> ModelCompiler::only_user(const Survey& survey, const std::vector<bool>& feeding,
                                                    std::size_t variable) const {
  std::vector<std::size_t> users;
  for (std::size_t node = 0; node < survey.needs.size(); ++node) {
    if (feeding[node] && survey.needs[node].contains(variable)) users.push_back(node);
  }
  if (users.size() != 1 || !std::holds_alternative<ir::Derived>(model_.nodes[users[0]].kind)) return std::nullopt;
  return users[0];
}

/// Standard normal variables, and walks, that one derived node alone names, as a shift and a scale of it.
void ModelCompiler::survey_standardised(Survey& survey, std::vector<View>& views) {
  const std::vector<bool> feeding = feed_the_density(model_.nodes, survey.needs);
  for (std::size_t v = 0; v < survey.variables.size(); ++v) {
    SurveyedVariable& variable = survey.variables[v];
    if (variable.observed || !variable.normal) continue;
    const auto is = [&](const View& view, double x) {
      if (!view.constant()) return false;
      const Array array = builder_.evaluate(view);
      return std::all_of(array.values.begin(), array.values.end(), [&](double y) { return y == x; });
    };
    if (!variable.walk && (!is(views[3 * v], 0) || !is(views[3 * v + 1], 1))) continue;
    const std::optional<std::size_t> user = only_user(survey, feeding, variable.node);
    if (!user) continue;
    const auto& derived = std::get<ir::Derived>(model_.nodes[*user].kind);
    auto form = standard_form(derived.value, model_.nodes[variable.node].name);
    bool cumulated = false;
    if (!form && !variable.walk && variable.shape.size() == 1) {
      form = cumulated_form(derived.value, model_.nodes[variable.node].name);
      cumulated = form.has_value();
    }
    if (!form) {
      if (!variable.walk) {
        survey_standard_vector(survey, *user, *derived.value, variable, std::span(views).subspan(3 * v, 3));
      }
      continue;
    }
    if (values_[*user].shape != variable.shape) continue;
    const View scale = form->scale ? expressions_.compile(*form->scale, where(*user, "expr")) : builder_.constant(1.0);
    const View shift = form->shift ? expressions_.compile(*form->shift, where(*user, "expr")) : builder_.constant(0.0);
    if (!broadcasts_to(scale.shape, variable.shape) || !broadcasts_to(shift.shape, variable.shape)) continue;
    const bool numbers = scale.shape.empty() && shift.shape.empty() && variable.shape.size() == 1;
    if ((variable.walk || cumulated) && !numbers) continue;
    variable.walk = variable.walk || cumulated;
    variable.standardised = Standardised{*user, form->shift, form->scale, cumulated};
    variable.constant_location = shift.constant() && (!variable.walk || variable.constant_location);
    variable.constant_scale = scale.constant() && (!variable.walk || variable.constant_scale);
    variable.scale_needs.merge(nodes_named(form->scale));
    variable.shift_needs = nodes_named(form->shift);
    if (!variable.walk) views[3 * v] = broadcast_to(shift, variable.shape);
    const View whole = variable.walk ? builder_.apply<Multiply>({scale, views[3 * v + 1]}) : scale;
    views[3 * v + 1] = broadcast_to(whole, variable.shape);
    views[3 * v + 2] = values_[*user];
  }
}

/// How many numbers the free variables have that names stand for, themselves or by derived nodes.
std::size_t ModelCompiler::free_elements(const Survey& survey, const std::set<std::string>& names) const {
  std::set<std::size_t> seen;
  std::size_t count = 0;
  const auto visit = [&](const auto& self, std::size_t node) -> void {
    if (!seen.insert(node).second) return;
    if (std::holds_alternative<ir::RandomVariable>(model_.nodes[node].kind)) {
      count += element_count(values_[node].shape);
      return;
    }
    for (const std::size_t needed : survey.needs[node]) self(self, needed);
  };
  for (const std::string& name : names) {
    const auto node = nodes_.find(ir::node_of_value(name));
    if (node != nodes_.end()) visit(visit, node->second);
  }
  return count;
}

/// The same where vectors of them are multiplied by a matrix. Not where it has as many free numbers in it as there are
/// of them, a scale each, say: then each element is best known by its own.
void ModelCompiler::survey_standard_vector(const Survey& survey, std::size_t derived, const ir::Expression& expression,
                                           SurveyedVariable& variable, std::span<View> views) {
  const std::string place = where(derived, "expr");
  const auto form =
      VectorForms(builder_, expressions_, place).find(expression, model_.nodes[variable.node].name, variable.shape);
  if (!form || form->matrix.shape.back() > kLongestVector) return;
  if (free_elements(survey, form->matrix_names) >= element_count(variable.shape)) return;
  variable.standardised = Standardised{derived, nullptr, nullptr, false};
  variable.vectors = true;
  variable.shape = form->shape;
  variable.constant_location = !form->shift || form->shift->constant();
  variable.constant_scale = form->matrix.constant();
  variable.shift_needs = nodes_named(std::get<ir::Derived>(model_.nodes[derived].kind).value);
  variable.shift_needs.erase(variable.node);
  views[0] = broadcast_to(form->shift.value_or(builder_.constant(0.0)), form->shape);
  views[1] = broadcast_to(builder_.constant(1.0), form->shape);
  views[2] = values_[derived];
}

}  // namespace exmc::density
