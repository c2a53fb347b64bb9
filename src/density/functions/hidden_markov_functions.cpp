#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../operations/batched.hpp"
#include "../operations/hidden_markov.hpp"
#include "families.hpp"

/// Hidden Markov models in expressions.
namespace exmc::density {
namespace {

std::string shapes_of(const Arguments& given) {
  return "shapes " + to_string(given[0].shape) + ", " + to_string(given[1].shape) + " and " + to_string(given[2].shape);
}

/// initial (K), transition (K, K) or (T - 1, K, K), log_emissions (T, K), and axes of sequences before these.
View marginal(Builder& builder, const Arguments& given) {
  const View &initial = given[0], &transition = given[1], &emissions = given[2];
  const auto refuse = [&] {
    given.refuse("takes initial (K), transition (K, K) or (T - 1, K, K), log_emissions (T, K), found " +
                 shapes_of(given));
  };
  if (initial.rank() < 1 || transition.rank() < 2 || emissions.rank() < 2) refuse();
  const std::size_t states = initial.shape.back(), steps = emissions.shape[emissions.rank() - 2];
  const std::size_t rank = transition.rank();
  if (states == 0 || steps == 0 || emissions.shape.back() != states) refuse();
  if (transition.shape[rank - 1] != states || transition.shape[rank - 2] != states) refuse();
  const View along = rank == 2 ? with_new_axis(transition, 0) : transition;
  const std::size_t count = along.shape[along.rank() - 3];
  if (count != 1 && count + 1 != steps) refuse();
  std::optional<Shape> sequences = broadcast(batch_of(initial.shape, 1), batch_of(along.shape, 3));
  if (sequences) sequences = broadcast(*sequences, batch_of(emissions.shape, 2));
  if (!sequences) refuse();
  std::vector<std::size_t> order(emissions.rank());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::swap(order[order.size() - 1], order[order.size() - 2]);
  return hidden_markov_log_density(
      builder, {initial, along, permuted(emissions, order), builder.constant(static_cast<double>(steps))});
}

HiddenMarkov hidden(const Arguments& given) {
  const std::vector<View>& parts = given.list(0);  // asks_hidden_states()
  return {parts[0], parts[1], parts[2], parts[3]};
}

View smoothed(Builder& builder, const Arguments& given) { return hidden_markov_smoothed(builder, hidden(given)); }
View most_likely(Builder& builder, const Arguments& given) { return hidden_markov_path(builder, hidden(given)); }

const std::vector<Function> kFunctions = {
    {"hmm_marginal",
     {{"initial"}, {"transition"}, {"log_emissions"}},
     marginal,
     "the log density of observations whose log density at each of T steps, given each of K states, is "
     "`log_emissions` (T, K); `initial` (K), `transition` (K, K) from rows to columns, or (T - 1, K, K)"},
    {"hmm_smoothed",
     {{"node"}},
     smoothed,
     "the probabilities of the states (T, K) given all observations of a node that is an `hmm`; only in `generated`"},
    {"hmm_viterbi", {{"node"}}, most_likely, "the most likely path of states (T), counted from 0; only in `generated`"},
};

}  // namespace

std::span<const Function> hidden_markov_functions() { return kFunctions; }

bool asks_hidden_states(const Function& function) { return function.arguments.front().name == "node"; }

}  // namespace exmc::density
