#include "ode_compiler.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "../composites/nested_compiler.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"
#include "ode.hpp"

namespace exmc::density {
namespace {

class OdeCompiler {
 public:
  OdeCompiler(Builder& builder, const ExpressionCompiler::Lookup& outside, const ir::Ode& ode, std::string where)
      : builder_(builder),
        ode_(ode),
        where_(std::move(where)),
        outside_(builder, outside),
        rhs_(builder, outside,
             {"a position in a subscript changes with time; take the arrays apart outside of the right-hand side",
              "defined by itself within the right-hand side; what changes with time is a state of \"initial\""}) {}

  std::map<std::string, View> compile() {
    for (const auto& [name, expression] : ode_.initial) {
      initial_.push_back(dense(outside_.compile(*expression, where_ + ".initial." + name)));
      rhs_.add_state(name, initial_.back().shape);
    }
    if (!ode_.time.empty()) rhs_.add_state(ode_.time, {});
    rhs_.add_locals(ode_.rhs, ode_.initial, where_ + ".rhs");
    std::size_t state = 0;
    for (const auto& [name, initial] : ode_.initial) add_derivative(name, initial_[state++].shape);
    read_times();
    return emit();
  }

 private:
  View dense(const View& view) {
    const View whole = dense_view(Space::constant, 0, view.shape);
    return is_dense(view) ? view : builder_.assemble(view.shape, std::array{Builder::Part{view, whole}});
  }

  void add_derivative(const std::string& name, const Shape& shape) {
    const std::string place = where_ + ".rhs." + name;
    const View derivative = rhs_.compile(ode_.rhs.at(name), place);
    if (!broadcasts_to(derivative.shape, shape)) {
      throw InputError(place, "found shape " + to_string(derivative.shape) + ", but the state " + in_quotes(name) +
                                  " has shape " + to_string(shape) +
                                  "; let \"initial\" give it the shape that it is to have");
    }
    rhs_.add_result(derivative, shape);
  }

  void read_times() {
    const std::string place = where_ + ".times";
    times_ = dense(outside_.compile(*ode_.times, place));
    if (times_.rank() != 1) {
      throw InputError(place, "found shape " + to_string(times_.shape) + ", expected a vector of times");
    }
    start_ = builder_.constant(0);
    if (ode_.start) {
      const std::string at = where_ + ".start";
      start_ = outside_.compile(*ode_.start, at);
      if (start_.rank() != 0) {
        throw InputError(at, "found shape " + to_string(start_.shape) + ", expected a number");
      }
    }
    if (times_.constant()) require_ascending(place);
  }

  /// Of times that are data, and from a start that is.
  void require_ascending(const std::string& place) const {
    const std::vector<double> times = builder_.evaluate(times_).values;
    const double start = start_.constant() ? builder_.evaluate(start_).values.front() : times.empty() ? 0 : times[0];
    double before = start;
    for (std::size_t i = 0; i < times.size(); ++i) {
      if (!std::isfinite(times[i])) {
        throw InputError(place, "time [" + std::to_string(i) + "] is " + shortest(times[i]) + ", expected a number");
      }
      if (times[i] < before) {
        throw InputError(place, "time [" + std::to_string(i) + "], " + shortest(times[i]) + ", is before " +
                                    (i == 0 ? "the start, " : "the one before it, ") + shortest(before));
      }
      before = times[i];
    }
  }

  std::map<std::string, View> emit() {
    auto [program, inputs] = rhs_.finish();
    OdeComposite::Problem problem;
    problem.fixed = inputs.fixed.size();
    for (const View& initial : initial_) problem.initial.push_back(!initial.constant());
    problem.times = times_.shape.front();
    problem.variable_times = !times_.constant();
    problem.variable_start = !start_.constant();
    problem.timed = !ode_.time.empty();
    problem.settings = {ode_.method != ir::Ode::Method::bdf, ode_.method != ir::Ode::Method::adams, ode_.rtol,
                        ode_.atol, ode_.max_steps};
    std::vector<View> operands = std::move(inputs.fixed);
    operands.insert(operands.end(), initial_.begin(), initial_.end());
    operands.push_back(times_);
    operands.push_back(start_);
    const auto composite = std::make_shared<const OdeComposite>(std::move(program), std::move(problem));
    builder_.locate(where_);
    const View output = builder_.emit(composite, operands, composite->size());
    std::map<std::string, View> arrays;
    std::size_t state = 0;
    for (const auto& [name, expression] : ode_.initial) {
      Shape shape = initial_[state].shape;
      shape.insert(shape.begin(), times_.shape.front());
      const std::size_t offset = static_cast<std::size_t>(output.offset) + composite->values_of(state++);
      arrays[name] = dense_view(output.space, offset, shape);
      if (output.constant()) require_solved(arrays[name]);
    }
    return arrays;
  }

  /// Of what is solved at load.
  void require_solved(const View& array) const {
    for (const double x : builder_.evaluate(array).values) {
      if (std::isnan(x)) throw InputError(where_, "has no solution, and depends on data alone: see rtol and max_steps");
    }
  }

  Builder& builder_;
  const ir::Ode& ode_;
  std::string where_;
  ExpressionCompiler outside_;
  NestedCompiler rhs_;
  std::vector<View> initial_;  ///< of states, in their order
  View times_, start_;
};

}  // namespace

std::map<std::string, View> compile_ode(Builder& builder, const ExpressionCompiler::Lookup& outside, const ir::Ode& ode,
                                        const std::string& where) {
  return OdeCompiler(builder, outside, ode, where).compile();
}

}  // namespace exmc::density
