#include "saved_elements.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"
#include "exmc/ir/load.hpp"
#include "selection.hpp"

namespace exmc::app {
namespace {

using density::SavedVariable;

SavedElements whole(const ir::Model& model, const SavedVariable& variable) {
  SavedElements saved{variable.shape, std::vector<std::size_t>(element_count(variable.shape)), {}, {}};
  std::iota(saved.elements.begin(), saved.elements.end(), std::size_t{0});
  saved.dims = ir::node_of(model, variable.name).dims;
  return saved;
}

/// The values along a part of an axis: its labels, or the numbers that its places have in the whole.
Coordinate part_of(const std::map<std::string, Coordinate>& coords, const std::string& dimension, AxisRange range) {
  if (const auto found = coords.find(dimension); found != coords.end()) {
    return std::visit(
        [&](const auto& values) {
          const auto begin = values.begin();
          return Coordinate(std::decay_t<decltype(values)>(begin + static_cast<std::ptrdiff_t>(range.begin),
                                                           begin + static_cast<std::ptrdiff_t>(range.end)));
        },
        found->second);
  }
  std::vector<double> numbers(range.end - range.begin);
  std::iota(numbers.begin(), numbers.end(), static_cast<double>(range.begin));
  return numbers;
}

/// An axis of which only a part is kept has a name of its own, since others may have all of it.
SavedElements part(const ir::Model& model, const SavedVariable& variable, const SelectedElements& chosen) {
  SavedElements saved{{}, chosen.elements, ir::node_of(model, variable.name).dims, {}};
  for (std::size_t axis = 0; axis < variable.shape.size(); ++axis) {
    const AxisRange& range = chosen.ranges[axis];
    saved.shape.push_back(range.end - range.begin);
    if (saved.shape.back() == variable.shape[axis]) continue;
    const std::string name = ir::output_name(model, variable.name), usual = name + "_dim_" + std::to_string(axis);
    for (std::size_t i = saved.dims.size(); i < variable.shape.size(); ++i) {
      saved.dims.push_back(name + "_dim_" + std::to_string(i));
    }
    const std::string own = usual + "_saved";
    saved.coords.emplace(own, part_of(model.coords, saved.dims[axis], range));
    saved.dims[axis] = own;
  }
  return saved;
}

}  // namespace

std::map<std::string, SavedElements> saved_elements(const Job& job, const std::vector<SavedVariable>& all) {
  std::map<std::string, SavedElements> saved;
  std::vector<io::Column> columns;               // by name, and by label
  std::map<std::string, std::string> variables;  // that they are
  for (const SavedVariable& variable : all) {
    if (variable.group != density::OutputGroup::posterior) continue;
    for (const std::string& name : {variable.name, ir::output_name(job.model, variable.name)}) {
      if (!variables.emplace(name, variable.name).second) continue;
      columns.push_back({name, variable.shape, io::Storage::float64, ir::node_of(job.model, variable.name).dims});
    }
    saved.emplace(variable.name, whole(job.model, variable));
  }
  const std::string &text = job.config.output.save, where = job.config.source + ": output.save";
  if (text == "all") {
    for (const std::string& name : ir::unsaved_variables(job.model.text)) saved.erase(name);
    return saved;
  }
  if (text == "auto" || text == "none") {
    throw InputError(where, "found " + in_quotes(text) + ", expected \"all\", or names such as \"mu,theta[0:3]\"");
  }
  std::map<std::string, SavedElements> chosen;
  const Selection selection = parse_selection(text, columns, axes_of(columns, job.model.coords), where);
  for (const SelectedElements& item : selection.chosen) {
    const auto variable = std::ranges::find(all, variables.at(item.variable), &SavedVariable::name);
    if (chosen.contains(variable->name)) {
      throw InputError(
          where, "found " + ir::output_name(job.model, variable->name) + " twice, expected one part of each variable");
    }
    chosen.emplace(variable->name, part(job.model, *variable, item));
  }
  return chosen;
}

}  // namespace exmc::app
