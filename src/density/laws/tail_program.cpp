#include "tail_program.hpp"

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>

#include "tail_probability.hpp"

namespace exmc::density {
namespace {

constexpr std::size_t kMostPrograms = 256;

/// Entries never move and never change: who has a number may read the entry without the lock.
struct Table {
  std::mutex lock;
  std::map<std::string, std::size_t> numbers;
  std::array<std::unique_ptr<const TailProgram>, kMostPrograms> programs;
};
Table& table() {
  static Table table;
  return table;
}

std::string key_of(const Distribution& distribution, const Variable& variable) {
  std::string key(distribution.name);
  for (const auto& [name, view] : variable.parameters) key += " " + name;
  return key;
}

double element(const Program& program, const View& view, const double* room, std::size_t i) {
  const double* const space = view.constant() ? program.constants.data() : room;
  return space[view.offset + static_cast<std::ptrdiff_t>(i) * view.strides.front()];
}

}  // namespace

TailProgram::TailProgram(const Distribution& distribution, const Variable& variable)
    : discrete_(distribution.discrete), parameters_(variable.parameters.size()) {
  Builder builder(std::numeric_limits<std::uint64_t>::max());
  Variable point{builder.position_block({kBlock}, 0), {}};
  for (const auto& [name, view] : variable.parameters) {
    const std::size_t rank = point.parameters.size() + 1;
    point.parameters[name] = builder.position_block({kBlock}, rank);
  }
  std::vector<View> tails;
  for (const Tail tail : {Tail::lower, Tail::upper}) {
    const View view = tail_probability(builder, distribution, point, point.value, tail);
    tails.push_back(broadcast_to(view, {kBlock}));
  }
  program_ = builder.finish(tails);
  if (program_.variables > kRoom)
    throw std::logic_error("a distribution function needs more room: " + key_of(distribution, variable));
}

void TailProgram::run(double* room) const {
  const Arena arena{program_.constants.data(), room, nullptr, nullptr};
  for (const Instruction& instruction : program_.saved_instructions) instruction.forward(instruction, arena);
}

LogTails TailProgram::tails(const double* room, std::size_t point) const {
  return {element(program_, program_.saved_views[0], room, point),
          element(program_, program_.saved_views[1], room, point)};
}

std::size_t tail_program_number(const Distribution& distribution, const Variable& variable) {
  Table& known = table();
  const std::lock_guard guard(known.lock);
  const auto [entry, added] = known.numbers.try_emplace(key_of(distribution, variable), known.numbers.size());
  if (added) known.programs.at(entry->second) = std::make_unique<const TailProgram>(distribution, variable);
  return entry->second;
}

const TailProgram& tail_program(std::size_t number) { return *table().programs[number]; }

}  // namespace exmc::density
