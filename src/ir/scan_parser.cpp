#include "scan_parser.hpp"

#include <string>

#include "exmc/core/nearest.hpp"
#include "exmc/core/text.hpp"
#include "named_expressions.hpp"
#include "read_expression.hpp"

namespace exmc::ir {
namespace {

using json::Object;
using json::Value;

std::string read_output(const Value& value, const Scan& scan) {
  std::string name = value.string("a name of \"step\"");
  if (!scan.step.contains(name)) {
    value.refuse("found " + in_quotes(name) + ", which \"step\" does not compute" +
                 did_you_mean(name, names_in(scan.step)));
  }
  if (scan.initial && !scan.carry.contains(name)) {
    value.refuse(in_quotes(name) +
                 " has no value before the first step: only names of \"carry\" have, and \"initial\" is true");
  }
  return name;
}

/// The names of a step are of one space.
void require_apart(const Scan& scan, const Value& step, const Value& over) {
  for (const auto& [name, sequence] : scan.over) {
    for (const auto* const other : {&scan.carry, &scan.step}) {
      if (!other->contains(name)) continue;
      over.refuse("the name " + in_quotes(name) + " is taken by " + (other == &scan.carry ? "\"carry\"" : "\"step\""));
    }
  }
  for (const auto& [name, initial] : scan.carry) {
    if (!scan.step.contains(name)) step.refuse("lacks " + in_quotes(name) + ", the next value of what is carried");
  }
}

}  // namespace

Scan read_scan(const Value& value) {
  Object object = value.object(kExpectedScan);
  Scan scan;
  const Value carry = object.at("carry", "what goes from step to step, by name");
  scan.carry = read_named_expressions(carry);
  if (scan.carry.empty()) carry.refuse("found nothing that goes from step to step: an \"expr\" does without");
  const auto over = object.find("over"), length = object.find("length");
  if (over) scan.over = read_named_expressions(*over);
  if (length) scan.length = read_length(*length);
  if (scan.over.empty() && !length)
    value.refuse("found neither \"over\" nor \"length\", so that the number of steps is unknown");
  const Value step = object.at("step", "what a step computes, by name");
  scan.step = read_named_expressions(step);
  require_apart(scan, step, over.value_or(step));
  if (const auto initial = object.find("initial")) scan.initial = initial->boolean();
  const auto output = object.find("output");
  const auto read = [&](const Value& name) { return read_output(name, scan); };
  scan.outputs = output ? read_outputs(*output, "name of \"step\"", read) : names_in(scan.carry);
  object.refuse_unknown();
  return scan;
}

}  // namespace exmc::ir
