#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "../functions/expression_compiler.hpp"
#include "../program/builder.hpp"
#include "exmc/ir/expression.hpp"
#include "nested_program.hpp"

namespace exmc::density {

/// Compiles expressions that are computed again and again, over names of their own besides the model's, to a nested
/// program. What does not change from one time to the next is left to the program around it: parts without names of
/// their own are computed there once, and functions of single elements of sequences alone for all steps at once.
class NestedCompiler {
 public:
  /// What is refused, in the words of who computes it again and again.
  struct Refusals {
    std::string moving_position;  ///< a position in a subscript that changes
    std::string cycle;            ///< what is defined by itself
  };
  /// @param outside  gives what the model's names stand for, in the program around
  NestedCompiler(Builder& around, ExpressionCompiler::Lookup outside, Refusals refusals);
  NestedCompiler(const NestedCompiler&) = delete;
  NestedCompiler& operator=(const NestedCompiler&) = delete;

  /// A name for what changes each time.
  void add_state(const std::string& name, const Shape& shape);
  /// A name for element t of an array, the t-th time. @param array  of the program around
  void add_sequence(const std::string& name, const View& array);
  /// A name for what is computed each time by an expression, of names that were added before.
  void add_local(const std::string& name, const ir::ExpressionPtr& expression, const std::string& where);

  /// The same of all expressions but those of `states`, each after what it needs. @throws InputError with `where.NAME`
  void add_locals(const std::map<std::string, ir::ExpressionPtr>& expressions,
                  const std::map<std::string, ir::ExpressionPtr>& states, const std::string& where);

  /// Computed each time. @throws InputError with `where`
  [[nodiscard]] View compile(const ir::ExpressionPtr& expression, const std::string& where);
  /// A result of the program: `value` as an array of `shape`, to which it broadcasts.
  void add_result(const View& value, const Shape& shape);

  /// What an input is given: of a state the program around knows nothing.
  struct Inputs {
    std::vector<View> fixed;      ///< the same each time, dense, of the program around
    std::vector<View> sequences;  ///< dense but for the first axis
  };
  /// Inputs are fixed ones, states in the order they were added, sequences.
  [[nodiscard]] std::pair<NestedProgram, Inputs> finish();

 private:
  [[nodiscard]] ir::ExpressionPtr hoisted(const ir::ExpressionPtr& expression, const std::string& where);
  void require_fixed_positions(const ir::ExpressionPtr& expression, const std::string& where) const;
  [[nodiscard]] bool runs_along(const ir::ExpressionPtr& expression, const std::string& where);
  [[nodiscard]] ir::ExpressionPtr named(const View& value, std::map<std::string, View>& among);
  [[nodiscard]] View take_in(const View& fixed);
  [[nodiscard]] View lookup_around(const std::string& name) const;
  [[nodiscard]] View lookup_inside(const std::string& name);

  Builder& around_;
  ExpressionCompiler::Lookup outside_;
  Refusals refusals_;
  ExpressionCompiler once_;  ///< of what does not change, and of sequences as a whole
  Builder nested_;
  ExpressionCompiler each_;
  std::map<std::string, View> given_;         ///< names for what does not change, in the program around
  std::map<std::string, View> sequences_;     ///< names for arrays that are gone through, in the program around
  std::map<std::string, View> changing_;      ///< other names, in the nested program
  std::map<std::string, View> elements_;      ///< of sequences, in the nested program
  std::vector<std::pair<View, View>> taken_;  ///< what does not change: in the program around, and in the nested one
  std::vector<View> states_, fixed_blocks_, sequence_blocks_, results_;
  Inputs inputs_;
};

}  // namespace exmc::density
