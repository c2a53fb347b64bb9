#include "scan_compiler.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "../laws/parametrisation.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"
#include "nested_compiler.hpp"
#include "scan.hpp"

namespace exmc::density {
namespace {

class ScanCompiler {
 public:
  ScanCompiler(Builder& builder, const ExpressionCompiler::Lookup& outside, const ir::Scan& scan, std::string where)
      : builder_(builder),
        scan_(scan),
        where_(std::move(where)),
        outside_(builder, outside),
        step_(builder, outside, refusals()) {}

  std::map<std::string, View> compile() {
    const std::size_t steps = read_sequences();
    std::vector<View> initial;
    for (const auto& [name, expression] : scan_.carry) {
      initial.push_back(outside_.compile(*expression, where_ + ".carry." + name));
      shapes_[name] = initial.back().shape;
      step_.add_state(name, initial.back().shape);
    }
    step_.add_locals(scan_.step, scan_.carry, where_ + ".step");
    for (const auto& [name, shape] : shapes_) add_next(name, shape);
    std::vector<std::string> results;  // in the order of the step's, after the states
    for (const auto& [name, shape] : shapes_) results.push_back(name);
    for (const std::string& name : scan_.outputs) {
      if (scan_.carry.contains(name)) continue;
      const View value = step_.compile(named(name), where_ + ".step." + name);
      shapes_[name] = value.shape;
      step_.add_result(value, value.shape);
      results.push_back(name);
    }
    return emit(steps, initial, results);
  }

 private:
  [[nodiscard]] static NestedCompiler::Refusals refusals() {
    return {"a position in a subscript changes from step to step; let \"over\" go through what it picks",
            "defined by itself within a step; what it was a step before is a name of \"carry\""};
  }

  [[nodiscard]] static ir::ExpressionPtr named(const std::string& name) {
    return std::make_shared<const ir::Expression>(ir::Expression{ir::Name{name}});
  }

  /// @return how many steps there are
  std::size_t read_sequences() {
    std::optional<std::size_t> steps;
    std::string by = "\"length\"";
    if (scan_.length) {
      const std::string place = where_ + ".length";
      steps = axis_length(builder_, outside_.compile(*scan_.length, place), place);
    }
    for (const auto& [name, expression] : scan_.over) {
      const std::string place = where_ + ".over." + name;
      const View array = outside_.compile(*expression, place);
      if (array.rank() == 0)
        throw InputError(place, "found a number, expected an array, whose first axis steps go through");
      if (steps && *steps != array.shape.front()) {
        throw InputError(place, "found shape " + to_string(array.shape) + ", but " + by + " says that there are " +
                                    std::to_string(*steps) + " steps");
      }
      steps = array.shape.front();
      by = in_quotes(name);
      step_.add_sequence(name, array);
    }
    return *steps;
  }

  void add_next(const std::string& name, const Shape& shape) {
    const std::string place = where_ + ".step." + name;
    const View next = step_.compile(scan_.step.at(name), place);
    if (!broadcasts_to(next.shape, shape)) {
      throw InputError(place, "found shape " + to_string(next.shape) + ", but " + in_quotes(name) +
                                  " begins with shape " + to_string(shape) +
                                  "; let \"carry\" give it the shape that it keeps");
    }
    step_.add_result(next, shape);
  }

  std::map<std::string, View> emit(std::size_t steps, const std::vector<View>& initial,
                                   const std::vector<std::string>& results) {
    auto [program, inputs] = step_.finish();
    std::vector<View> operands = inputs.fixed;
    for (const View& view : initial) {
      const View whole = dense_view(Space::constant, 0, view.shape);
      operands.push_back(is_dense(view) ? view : builder_.assemble(view.shape, std::array{Builder::Part{view, whole}}));
    }
    operands.insert(operands.end(), inputs.sequences.begin(), inputs.sequences.end());
    const auto composite = std::make_shared<const ScanComposite>(
        std::move(program), ScanComposite::Counts{steps, inputs.fixed.size(), initial.size(), inputs.sequences.size()});
    builder_.locate(where_);
    const View output = builder_.emit(composite, operands, composite->size());
    std::map<std::string, View> arrays;
    for (std::size_t k = 0; k < results.size(); ++k) {
      const bool is_state = k < initial.size();
      Shape shape = shapes_.at(results[k]);
      shape.insert(shape.begin(), is_state ? steps + 1 : steps);
      View array = dense_view(output.space, static_cast<std::size_t>(output.offset) + composite->values_of(k), shape);
      if (is_state && !scan_.initial) array = sliced(array, 0, {1, 1, steps});
      arrays[results[k]] = array;
    }
    return arrays;
  }

  Builder& builder_;
  const ir::Scan& scan_;
  std::string where_;
  ExpressionCompiler outside_;
  NestedCompiler step_;
  std::map<std::string, Shape> shapes_;  ///< of what a step computes, of carries and outputs
};

}  // namespace

std::map<std::string, View> compile_scan(Builder& builder, const ExpressionCompiler::Lookup& outside,
                                         const ir::Scan& scan, const std::string& where) {
  return ScanCompiler(builder, outside, scan, where).compile();
}

}  // namespace exmc::density
