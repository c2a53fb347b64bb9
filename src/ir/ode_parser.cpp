#include "ode_parser.hpp"

#include <cmath>
#include <cstdint>
#include <string>

#include "exmc/core/nearest.hpp"
#include "exmc/core/text.hpp"
#include "keys.hpp"
#include "named_expressions.hpp"
#include "names.hpp"
#include "read_expression.hpp"

namespace exmc::ir {
namespace {

using json::Object;
using json::Value;

constexpr std::uint64_t kMostSteps = 1'000'000'000;

std::string read_state(const Value& value, const Ode& ode) {
  std::string name = value.string("the name of a state");
  if (!ode.initial.contains(name)) {
    value.refuse("found " + in_quotes(name) + ", which is no state" + did_you_mean(name, names_in(ode.initial)));
  }
  return name;
}

std::string read_time_name(const Value& value, const Ode& ode) {
  std::string name = value.string("a name for the time");
  check_name(name, value.where());
  if (ode.initial.contains(name) || ode.rhs.contains(name)) {
    value.refuse("the name " + in_quotes(name) + " is taken by " +
                 (ode.initial.contains(name) ? "a state" : "\"rhs\""));
  }
  return name;
}

double read_tolerance(const Value& value) {
  const std::string expected = "a number above 0";
  const double number = value.number(expected);
  if (!(number > 0)) value.refuse_as_not(expected);
  return number;
}

Ode::Method read_method(const Value& value) {
  std::vector<std::string> words;
  const std::string word = value.string("a method");
  for (std::size_t i = 0; i < kOdeMethods.size(); ++i) {
    if (word == kOdeMethods[i]) return static_cast<Ode::Method>(i);
    words.emplace_back(kOdeMethods[i]);
  }
  value.refuse("found " + in_quotes(word) + did_you_mean(word, words) + R"(, expected "auto", "adams" or "bdf")");
}

}  // namespace

Ode read_ode(const Value& value) {
  Object object = value.object(kExpectedOde);
  Ode ode;
  const Value initial = object.at("initial", "the states' values at the beginning, by name");
  ode.initial = read_named_expressions(initial);
  if (ode.initial.empty()) initial.refuse("found no state, expected at least one");
  const Value rhs = object.at("rhs", "the states' derivatives, by name");
  ode.rhs = read_named_expressions(rhs);
  for (const auto& [name, expression] : ode.initial) {
    if (!ode.rhs.contains(name)) rhs.refuse("lacks " + in_quotes(name) + ", the derivative of that state");
  }
  if (const auto time = object.find("time")) ode.time = read_time_name(*time, ode);
  if (const auto start = object.find("start")) ode.start = read_expression(*start);
  ode.times = read_expression(object.at("times", "a vector of times"));
  if (const auto method = object.find("method")) ode.method = read_method(*method);
  if (const auto rtol = object.find("rtol")) ode.rtol = read_tolerance(*rtol);
  if (const auto atol = object.find("atol")) ode.atol = read_tolerance(*atol);
  if (const auto steps = object.find("max_steps")) ode.max_steps = steps->integer(1, kMostSteps);
  const auto output = object.find("output");
  const auto read = [&](const Value& name) { return read_state(name, ode); };
  ode.outputs = output ? read_outputs(*output, "state", read) : names_in(ode.initial);
  object.refuse_unknown();
  return ode;
}

}  // namespace exmc::ir
