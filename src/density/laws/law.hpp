#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../distributions/distribution.hpp"
#include "../functions/expression_compiler.hpp"
#include "../operations/hidden_markov.hpp"
#include "../program/builder.hpp"
#include "../supports/support.hpp"
#include "conditions.hpp"
#include "exmc/ir/model.hpp"
#include "shape_inference.hpp"

namespace exmc::density {

/// A random variable of a model but for its value: which values it can have, and what they add to the log density.
struct Law {
  Shape shape;                 ///< batch axes, then those of one draw
  std::size_t event_rank = 0;  ///< how many axes one draw has
  bool discrete = false;
  /// The distribution with its parameters, if that is all: not where it is truncated, mixed or censored.
  const Distribution* distribution = nullptr;
  Variable variable{};

  /// Where a free variable lives: between bounds if it has any, else in the support. Null where there can be none, and
  /// why.
  const Support* support = nullptr;
  std::string never_free{};
  /// Why the density of a free variable lacks a constant, or a factor that depends on parameters; empty where it does
  /// not.
  std::string unnormalised{};
  Bounds bounds{};

  const Domain* domain = nullptr;  ///< that data must come from; null for mixtures
  /// @throws InputError with `where` naming the first element of data, which has the law's shape, that cannot be.
  std::function<void(const Array& data, const std::string& where)> require_possible{};
  /// For each element of data whether it can be. Only for laws of numbers.
  std::function<std::vector<bool>(const Array& data)> possible{};
  /// What its parameters must be, all parts of it together: enforced by LawCompiler::compile() alone.
  Conditions conditions{};
  /// Adds what a value of the law's shape adds to the log density.
  std::function<void(const View& value)> lower{};
  /// The hidden states behind a value; null where there are none.
  std::function<HiddenMarkov(const View& value)> hidden{};
  /// The logarithm of the probability of being up to a point, or above it, which broadcasts to the law's shape.
  /// @throws InputError with `place` where the distribution function is not available. Null for vectors and matrices.
  std::function<View(const View& point, Tail tail, const std::string& place)> log_probability{};
  /// Random numbers of the law's shape, from where the builder draws. Null where there can be none, and why.
  std::function<View()> draw{};
  std::string never_drawn{};

  [[nodiscard]] Shape batch() const { return {shape.begin(), shape.end() - static_cast<std::ptrdiff_t>(event_rank)}; }
};

/// Makes laws of what a model says about random variables.
class LawCompiler {
 public:
  LawCompiler(Builder& builder, ExpressionCompiler& expressions) : builder_(builder), expressions_(expressions) {}

  /// A law whose density is zero, and whose random numbers are NaN, where parameters are outside their domains.
  /// @param where of the variable; @throws InputError
  [[nodiscard]] Law compile(const ir::RandomVariable& variable, const ShapeRequest& request, const std::string& where);

  /// A law of the shape that a value and the parameters broadcast to. The value, repeated to that shape, is the one
  /// that its log density is taken of: it is 0 outside of where the law lives.
  /// @param place  of the value; @throws InputError, also for values that depend on parameters where there is no
  /// density of those
  [[nodiscard]] Law compile_at(const ir::RandomVariable& variable, View& value, const std::string& where,
                               const std::string& place);

  /// A function of a distribution as expressions have it, `log_density` say, element by element: what a law that is
  /// written as a call has at x. @param where  of the function's call; @throws InputError
  [[nodiscard]] View apply(std::string_view function, const ir::Expression& distribution, View x,
                           const std::string& where);

 private:
  /// How many variables are one, and what they are called.
  struct Alternatives {
    std::size_t count;
    const char* name;
  };
  /// One of several variables that are written as one, whose parameters have one more axis at the end.
  struct Selection {
    std::size_t index;
    Alternatives of;
  };

  /// Without the conditions enforced, as a part of another law.
  [[nodiscard]] Law compile_part(const ir::RandomVariable& variable, const ShapeRequest& request,
                                 const std::string& where);
  [[nodiscard]] Law compile_distribution(const ir::RandomVariable& variable, const ShapeRequest& request,
                                         const std::string& where);
  [[nodiscard]] Law compile_mixture(const ir::RandomVariable& variable, const ShapeRequest& request,
                                    const std::string& where);
  [[nodiscard]] Law compile_hmm(const ir::RandomVariable& variable, const ShapeRequest& request,
                                const std::string& where);
  [[nodiscard]] Law compile_censored(const ir::RandomVariable& variable, const ShapeRequest& request,
                                     const std::string& where);
  void truncate(Law& law, const ir::RandomVariable& variable, const std::string& where);
  void constrain(Law& law, const ir::RandomVariable& variable, const std::string& where);

  /// Leaves out bounds that are parameters and infinite everywhere.
  void drop_infinite_bounds(std::map<std::string, ir::ExpressionPtr>& given, const std::string& where);

  /// An expression where a parameter or a bound may stand.
  [[nodiscard]] View operand(const ir::ExpressionPtr& expression, const std::string& where);
  [[nodiscard]] std::map<std::string, View, std::less<>> compile_parameters(
      const std::map<std::string, ir::ExpressionPtr>& given, const std::vector<Parameter>& parameters,
      const std::string& where);
  [[nodiscard]] Bounds compile_bounds(const ir::RandomVariable& variable, Law& law, const std::string& where);
  [[nodiscard]] std::vector<View> compile_weights(const ir::RandomVariable& variable, const std::string& where,
                                                  Conditions& conditions);
  [[nodiscard]] std::vector<Law> compile_components(const ir::RandomVariable& variable,
                                                    const Alternatives& alternatives, const ShapeRequest& request,
                                                    const std::string& where);

  Builder& builder_;
  ExpressionCompiler& expressions_;
  std::optional<Selection> selection_;
};

/// The log density of a value, for each element of the batch: -inf for numbers outside of where the law lives.
/// @throws InputError for data that is a vector or matrix outside
[[nodiscard]] View log_density(Builder& builder, const Law& law, const View& value, const std::string& place);

/// Adds the log density of a value that depends on parameters of the model: -inf outside of where the law lives.
void add_where_possible(Builder& builder, const Law& law, const View& value, const std::string& place);

/// Data where what is not possible is replaced by a number of the domain, so that nothing of it is infinite or NaN by
/// itself and it can be left out afterwards.
[[nodiscard]] View with_stand_ins(Builder& builder, const Array& data, const std::vector<bool>& possible,
                                  const Domain& domain);

}  // namespace exmc::density
