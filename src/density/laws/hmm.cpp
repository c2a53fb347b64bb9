#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "../operations/join.hpp"
#include "components.hpp"
#include "exmc/core/error.hpp"
#include "law.hpp"
#include "parametrisation.hpp"

/// Observations along time, whose distributions depend on hidden states.
namespace exmc::density {
namespace {

void require_keys(const ir::RandomVariable& variable, const std::string& where) {
  constexpr const char* takes = "; it takes initial, transition, emissions and, optionally, lengths";
  for (const char* key : {"initial", "transition"}) {
    if (!variable.parameters.contains(key)) throw InputError(where, "hmm lacks " + std::string(key) + takes);
  }
  if (variable.components.empty()) throw InputError(where, std::string("hmm lacks emissions") + takes);
  if (variable.lower || variable.upper) {
    throw InputError(where + (variable.lower ? ".lower" : ".upper"), "an hmm cannot be truncated; its emissions can");
  }
  if (variable.support) throw InputError(where + ".support", "the support of an hmm is that of its emissions");
}

/// @throws InputError where the first axes of a parameter, all but its `own`, are no sequences of the variable's.
void require_sequences(const View& parameter, std::size_t own, const Shape& sequences, const std::string& where) {
  const Shape batch(parameter.shape.begin(), parameter.shape.end() - static_cast<std::ptrdiff_t>(own));
  if (broadcasts_to(batch, sequences)) return;
  throw InputError(where, "shape " + to_string(parameter.shape) + ": " + to_string(batch) + " does not broadcast to " +
                              to_string(sequences) + " of the sequences");
}

void require_length(const Array& lengths, std::size_t steps, const std::string& where) {
  require_domain(kCount, lengths, where);
  const auto beyond =
      std::ranges::find_if(lengths.values, [&](double length) { return length > static_cast<double>(steps); });
  if (beyond == lengths.values.end()) return;
  throw InputError(where, "expected lengths up to the " + std::to_string(steps) + " steps there are, found " +
                              std::to_string(static_cast<long long>(*beyond)));
}

/// With an axis of steps, if need be of length 1.
View along_steps(const View& transition, std::size_t states, std::size_t steps, const std::string& where) {
  const std::size_t rank = transition.rank();
  const std::string square = std::to_string(states) + ", " + std::to_string(states);
  if (rank < 2 || transition.shape[rank - 1] != states || transition.shape[rank - 2] != states) {
    throw InputError(where, "expected a matrix (" + square + ") for the states of initial, found shape " +
                                to_string(transition.shape));
  }
  if (rank == 2) return with_new_axis(transition, 0);
  const std::size_t count = transition.shape[rank - 3];
  if (count == 1 || count + 1 == steps) return transition;
  throw InputError(where, "expected one matrix, or one for each of the " + std::to_string(steps - 1) +
                              " steps after the first: (" + std::to_string(steps - 1) + ", " + square +
                              "), found shape " + to_string(transition.shape));
}

/// Rows of probabilities, `own` axes of them one law's.
void require_shares(Builder& builder, const View& rows, std::size_t own, const std::string& where,
                    Conditions& conditions) {
  if (rows.constant()) require_domain(kSimplex, builder.evaluate(rows), where, 1);
  Conditions each;
  require_parameter(builder, kSimplex, rows, 1, false, where, each);
  for (const Condition& row : each) conditions.push_back(of_events(builder, row, own));
}

/// The chain of hidden states behind elements (sequences, steps): initial, transition and lengths as a model gives
/// them.
HiddenMarkov chain_of(Builder& builder, HiddenMarkov of, const Shape& elements, const std::string& where,
                      Conditions& conditions) {
  const std::size_t states = of.initial.shape.back(), steps = elements.back();
  const Shape sequences(elements.begin(), elements.end() - 1);
  require_shares(builder, of.initial, 0, where + ".initial", conditions);
  const View given = of.transition;
  of.transition = along_steps(given, states, steps, where + ".transition");
  require_shares(builder, given, std::min<std::size_t>(2, given.rank() - 1), where + ".transition", conditions);
  if (!of.lengths.constant()) throw InputError(where + ".lengths", "must be data, not depend on parameters");
  require_length(builder.evaluate(of.lengths), steps, where + ".lengths");
  require_sequences(of.initial, 1, sequences, where + ".initial");
  require_sequences(of.transition, 3, sequences, where + ".transition");
  require_sequences(of.lengths, 0, sequences, where + ".lengths");
  return of;
}

/// How many states there are: one for each of the first probabilities and, if they are a list, of the emissions.
std::size_t count_states(const View& initial, const ir::RandomVariable& variable, const std::string& where) {
  if (initial.rank() == 0 || initial.shape.back() == 0) {
    throw InputError(where + ".initial",
                     "expected a probability for each state, found shape " + to_string(initial.shape));
  }
  const std::size_t states = initial.shape.back();
  if (is_list(variable) && variable.components.size() != states) {
    throw InputError(where + ".emissions", "found " + std::to_string(variable.components.size()) + " emissions for " +
                                               std::to_string(states) + " states");
  }
  return states;
}

}  // namespace

Law LawCompiler::compile_hmm(const ir::RandomVariable& variable, const ShapeRequest& request,
                             const std::string& where) {
  require_keys(variable, where);
  if (selection_) throw InputError(where, "components that are vectors must be a list");
  const std::optional<Shape>& given = request.given ? request.given : request.observed;
  if (!given) throw InputError(where, "lacks a shape, which says how many steps there are");
  const auto parameter = [&](const char* key) { return operand(variable.parameters.at(key), where + "." + key); };
  HiddenMarkov of{parameter("initial"), parameter("transition"), {}, {}};
  const std::size_t states = count_states(of.initial, variable, where);
  const auto parts =
      std::make_shared<const std::vector<Law>>(compile_components(variable, {states, "states"}, {*given, {}}, where));
  Law law;
  take_from_components(law, *parts, where + ".emissions");
  const Shape elements = parts->front().batch();
  if (elements.empty() || elements.back() == 0) {
    throw InputError(where, "shape " + to_string(*given) + " has no axis of time, or no step on it");
  }
  law.shape = *given;
  law.event_rank += 1;
  law.support = nullptr;
  law.never_free = "an hmm must be observed";
  require_observed_shape(request, law.shape, where);
  of.lengths = variable.parameters.contains("lengths") ? parameter("lengths")
                                                       : builder_.constant(static_cast<double>(elements.back()));
  of = chain_of(builder_, of, elements, where, law.conditions);
  for (const Law& part : *parts) {
    for (const Condition& condition : part.conditions) law.conditions.push_back(of_events(builder_, condition, 1));
  }
  law.require_possible = [parts](const Array& data, const std::string& place) {
    require_possible_for_any(*parts, data, place, "state of the hmm");
  };
  law.hidden = [this, parts, of, elements](const View& value) {
    HiddenMarkov with_emissions = of;
    std::vector<View> log_densities;
    for (const Law& part : *parts) {
      log_densities.push_back(broadcast_to(log_density(builder_, part, value, ""), elements));
    }
    with_emissions.log_emissions = stacked(builder_, log_densities, elements.size() - 1);
    return with_emissions;
  };
  law.lower = [this, hidden = law.hidden, sequences = Shape(elements.begin(), elements.end() - 1)](const View& value) {
    builder_.add_values(broadcast_to(hidden_markov_log_density(builder_, hidden(value)), sequences));
  };
  if (law.never_drawn.empty()) {
    law.draw = [this, parts, of, elements, rank = law.event_rank - 1] {
      const View path = draw_hidden_path(builder_, of.initial, of.transition, elements);
      return draw_chosen(builder_, *parts, path, rank);
    };
  }
  return law;
}

}  // namespace exmc::density
