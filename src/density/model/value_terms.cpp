#include <set>
#include <string>
#include <vector>

#include "exmc/core/error.hpp"
#include "model_compiler.hpp"

/// Terms of the density that are those of an expression: `{"dist": "normal", ..., "value": "log(x) - y"}`.
namespace exmc::density {

/// Whether there is data with axes in an expression, itself or by what derived quantities stand for, other than to say
/// which elements, or nothing but numbers: then its density is a likelihood, else it is one of the prior.
bool ModelCompiler::has_data(const ir::ExpressionPtr& value) const {
  bool varies = false;
  std::set<std::string> seen;
  std::vector<ir::ExpressionPtr> open{value};
  while (!open.empty()) {
    std::set<std::string> names;
    collect_names(*open.back(), model_.source, names, ir::NamesIn::all_but_subscripts);
    open.pop_back();
    for (const std::string& name : names) {
      if (!seen.insert(name).second) continue;
      if (const auto data = model_.data.find(name); data != model_.data.end() && !data->second.shape.empty()) {
        return true;
      }
      const ir::ExpressionPtr meaning = definition(name);
      if (meaning) open.push_back(meaning);
      varies = varies || (!meaning && !model_.data.contains(name));
    }
  }
  return !varies;
}

void ModelCompiler::compile_value(std::size_t index, const ir::RandomVariable& node) {
  const std::string place = where(index, "value");
  values_[index] = expressions_.compile(*node.value, place);
  Law law = laws_.compile_at(node, values_[index], where(index), place);
  const bool is_data = values_[index].constant(), seen = is_data || has_data(node.value);
  if (!is_data) {
    law.lower = [this, law, place](const View& value) { add_where_possible(builder_, law, value, place); };
  }
  if (aim_ == Aim::prior && !seen) {
    throw InputError(where(index), "a model with densities of expressions has no prior that can be drawn from");
  }
  if (is_data) observe(index, law, "value");
  builder_.locate(where(index));
  surveyed_law_ = law;
  if (aim_ == Aim::density) law.lower(values_[index]);
  (seen ? observations_ : priors_).push_back({model_.nodes[index].name, law});
}

}  // namespace exmc::density
