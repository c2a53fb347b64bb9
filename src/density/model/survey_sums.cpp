#include "additive_terms.hpp"
#include "model_compiler.hpp"

/// What of a survey is about sums that observed variables depend on.
namespace exmc::density {

/// The inner a + b of exp(a + b) and the like.
ir::ExpressionPtr ModelCompiler::inside_of_calls(const ir::ExpressionPtr& expression) const {
  constexpr int deepest = 4;
  ir::ExpressionPtr inner = expression;
  for (int depth = 0; depth < deepest; ++depth) {
    const auto* const name = std::get_if<ir::Name>(&inner->node);
    const ir::ExpressionPtr meaning = name != nullptr ? definition(name->name) : nullptr;
    const auto* const call = std::get_if<ir::Call>(&(meaning ? meaning : inner)->node);
    if (call == nullptr || call->arguments.size() != 1 || !call->keywords.empty()) break;
    inner = call->arguments.front();
  }
  return inner;
}

ir::ExpressionPtr ModelCompiler::definition(const std::string& name) const {
  const auto node = nodes_.find(name);
  if (node == nodes_.end()) return nullptr;
  const auto* const derived = std::get_if<ir::Derived>(&model_.nodes[node->second].kind);
  return derived == nullptr ? nullptr : derived->value;
}

/// Sums that parameters of an observed variable are made of, once for each term that varies.
void ModelCompiler::survey_sums(std::size_t index, const Law& law, Survey& survey, std::vector<View>& views) {
  for (const auto& [key, expression] : std::get<ir::RandomVariable>(model_.nodes[index].kind).parameters) {
    const ir::ExpressionPtr sum = inside_of_calls(expression);
    for (const AdditiveTerm& part : additive_terms(sum, [this](const std::string& n) { return definition(n); })) {
      const View term = expressions_.compile(*part.term, where(index, key));
      if (term.constant() || !broadcasts_to(term.shape, law.shape)) continue;
      SurveyedVariable of_term;
      of_term.node = index;
      of_term.shape = law.shape;
      of_term.observed = true;
      of_term.key = key;
      of_term.rest = part.rest;
      of_term.scale_needs = nodes_named(part.rest);
      survey.variables.push_back(std::move(of_term));
      views.push_back(broadcast_to(term, law.shape));
      views.push_back(broadcast_to(builder_.constant(1.0), law.shape));
      views.push_back(values_[index]);
    }
  }
}

/// An observed variable whose location is a sum, once more for each term that varies, as though it were the location.
void ModelCompiler::survey_terms(std::size_t index, Survey& survey, std::vector<View>& views) {
  const std::size_t whole = survey.variables.size() - 1;
  if (survey.variables[whole].constant_location) return;
  const auto& variable = std::get<ir::RandomVariable>(model_.nodes[index].kind);
  const std::string key(find_distribution(variable.distribution)->location_scale->location);
  for (const AdditiveTerm& part :
       additive_terms(variable.parameters.at(key), [this](const std::string& name) { return definition(name); })) {
    const View term = expressions_.compile(*part.term, where(index, key));
    if (term.constant() || !broadcasts_to(term.shape, survey.variables[whole].shape)) continue;
    SurveyedVariable of_term = survey.variables[whole];
    of_term.key = key;
    of_term.rest = part.rest;
    of_term.scale_needs.merge(nodes_named(part.rest));
    views.push_back(broadcast_to(term, of_term.shape));
    views.push_back(views[3 * whole + 1]);
    views.push_back(views[3 * whole + 2]);
    survey.variables.push_back(std::move(of_term));
  }
}

}  // namespace exmc::density
