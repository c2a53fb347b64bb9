#include "draft.hpp"

#include <algorithm>
#include <iterator>
#include <set>

namespace exmc::density {
namespace {

/// Where provisional addresses of the position start: above every other offset.
constexpr std::ptrdiff_t kPositionBase = std::ptrdiff_t{1} << 48;

/// Above the rank of every parameter.
constexpr std::size_t kSlotRank = std::size_t{1} << 48;

}  // namespace

std::ptrdiff_t Draft::add_block(std::size_t rank, std::size_t size) {
  blocks_.push_back({rank, position_size_, size});
  return kPositionBase + static_cast<std::ptrdiff_t>(std::exchange(position_size_, position_size_ + size));
}

/// Slots are blocks that come after those of all parameters.
std::ptrdiff_t Draft::add_slots(std::size_t size) {
  slots_ += size;
  return add_block(kSlotRank + blocks_.size(), size);
}

void Draft::set_inverse(std::ptrdiff_t output, ForwardKernel inverse) {
  for (const std::size_t writer : outputs_.at(output).writers) instructions_[writer].inverse = inverse;
}

void Draft::add(const Instruction& instruction, std::size_t operands, const View& output, bool adds_to_density) {
  Output& array = outputs_[output.offset];
  array.begin = output.offset;
  array.size = padded(element_count(output.shape));
  array.writers.push_back(instructions_.size());
  instructions_.push_back({instruction, operands, adds_to_density, here()});
}

void Draft::add(Instruction instruction, std::shared_ptr<const CompositeCall> call, const View& output) {
  instruction.call = call.get();
  calls_.push_back(std::move(call));
  add(instruction, 0, output, false);
}

/// What the instruction reads.
std::span<const Operand> Draft::Written::reads() const {
  if (instruction.call != nullptr) return instruction.call->operands;
  return std::span(instruction.operands).first(operands);
}

void Draft::add_term(const Instruction& instruction, std::size_t operands, const std::optional<FusedTerm>& fused) {
  instructions_.push_back({instruction, operands, true, here(), fused});
}

void Draft::add_requirement(const Instruction& instruction, std::size_t operands, const std::string& what) {
  const std::string where = std::exchange(where_, what);
  instructions_.push_back({instruction, operands, true, here(true)});
  where_ = where;
}

Origin Draft::here(bool requirement) {
  return {places_.try_emplace(where_, places_.size()).first->second, requirement};
}

/// Null for the position and for arrays without elements.
const Draft::Output* Draft::output_at(std::ptrdiff_t offset) const {
  const auto after = outputs_.upper_bound(offset);
  if (after == outputs_.begin()) return nullptr;
  const auto& [begin, output] = *std::prev(after);
  return offset < begin + static_cast<std::ptrdiff_t>(output.size) ? &output : nullptr;
}

void Draft::mark_writers(std::ptrdiff_t offset, std::vector<bool>& needed) const {
  const Output* const output = output_at(offset);
  if (output == nullptr) return;
  for (const std::size_t writer : output->writers) needed[writer] = true;
}

void Draft::mark_needs(std::vector<bool>& needed) const {
  for (std::size_t i = instructions_.size(); i-- > 0;) {
    if (!needed[i]) continue;
    for (const Operand& operand : instructions_[i].reads()) {
      if (operand.variable) mark_writers(operand.offset, needed);
    }
  }
}

std::vector<Instruction> Draft::select(const std::vector<bool>& needed, Program& program) const {
  std::vector<Instruction> selected;
  const auto place = [this](Operand& operand) {
    if (operand.variable) operand.offset = final_offset(operand.offset);
  };
  for (std::size_t i = 0; i < instructions_.size(); ++i) {
    if (!needed[i]) continue;
    selected.push_back(instructions_[i].instruction);
    selected.back().output.offset = final_offset(selected.back().output.offset);
    std::ranges::for_each(selected.back().operands, place);
    if (selected.back().call == nullptr) continue;
    auto call = std::make_shared<CompositeCall>(*selected.back().call);
    std::ranges::for_each(call->operands, place);
    selected.back().call = call.get();
    program.calls.push_back(std::move(call));
  }
  return selected;
}

void Draft::place_blocks() {
  std::vector<Block*> by_rank;
  for (Block& block : blocks_) by_rank.push_back(&block);
  std::sort(by_rank.begin(), by_rank.end(), [](const Block* a, const Block* b) { return a->rank < b->rank; });
  std::size_t offset = 0;
  for (Block* block : by_rank) block->offset = std::exchange(offset, offset + block->size);
}

std::ptrdiff_t Draft::place_outputs(const std::vector<bool>& needed, std::ptrdiff_t offset) {
  for (auto& [begin, output] : outputs_) {
    if (!needed[output.writers.front()] || output.placed_at != 0) continue;
    output.placed_at = std::exchange(offset, offset + static_cast<std::ptrdiff_t>(output.size));
  }
  return offset;
}

std::ptrdiff_t Draft::final_offset(std::ptrdiff_t offset) const {
  if (offset < kPositionBase) {
    const Output* const output = output_at(offset);
    return output == nullptr ? 0 : output->placed_at + (offset - output->begin);
  }
  const auto provisional = static_cast<std::size_t>(offset - kPositionBase);
  const auto after = std::upper_bound(blocks_.begin(), blocks_.end(), provisional,
                                      [](std::size_t at, const Block& block) { return at < block.provisional; });
  const Block& block = *std::prev(after);
  return static_cast<std::ptrdiff_t>(block.offset + provisional - block.provisional);
}

std::vector<bool> Draft::needed_by_density(std::span<const View> inner) const {
  std::vector<bool> needed = needed_by(inner);
  for (std::size_t i = 0; i < instructions_.size(); ++i) needed[i] = needed[i] || instructions_[i].adds_to_density;
  mark_needs(needed);
  return needed;
}

void Draft::fuse_terms(std::span<const View> inner) {
  const std::vector<bool> needed = needed_by_density(inner);
  std::map<std::ptrdiff_t, std::size_t> readers;  // of arrays, by where they begin
  for (std::size_t i = 0; i < instructions_.size(); ++i) {
    if (!needed[i]) continue;
    std::set<std::ptrdiff_t> read;
    for (const Operand& operand : instructions_[i].reads()) {
      const Output* const output = operand.variable ? output_at(operand.offset) : nullptr;
      if (output != nullptr) read.insert(output->begin);
    }
    for (const std::ptrdiff_t array : read) ++readers[array];
  }
  for (Written& term : instructions_) {
    if (!term.fused || readers[term.fused->predictor] > 1) continue;
    term.instruction = term.fused->instruction;
    term.operands = term.fused->operands;
  }
}

std::vector<bool> Draft::needed_by(std::span<const View> views) const {
  std::vector<bool> needed(instructions_.size());
  for (const View& view : views) {
    if (!view.constant()) mark_writers(view.offset, needed);
  }
  mark_needs(needed);
  return needed;
}

std::vector<Inverse> Draft::inverses(const std::vector<bool>& needed) const {
  std::vector<Inverse> found;
  std::size_t selected = 0;
  for (std::size_t i = 0; i < instructions_.size(); ++i) {
    if (!needed[i]) continue;
    if (instructions_[i].inverse != nullptr) found.push_back({selected, instructions_[i].inverse});
    ++selected;
  }
  return found;
}

std::vector<View> Draft::placed(std::span<const View> views) const {
  std::vector<View> result(views.begin(), views.end());
  for (View& view : result) {
    if (!view.constant()) view.offset = final_offset(view.offset);
  }
  return result;
}

Program Draft::link(std::span<const View> saved, std::span<const View> inner) {
  place_blocks();
  fuse_terms(inner);
  const std::vector<bool> for_density = needed_by_density(inner), for_saved = needed_by(saved);
  const auto after_position = static_cast<std::ptrdiff_t>(padded(position_size_));
  const std::ptrdiff_t after_density = place_outputs(for_density, after_position);
  const std::ptrdiff_t after_saved = place_outputs(for_saved, after_density);
  Program program;
  program.dimension = position_size_ - slots_;
  program.slots = slots_;
  program.adjoints = static_cast<std::size_t>(after_density) + kLanes;
  program.variables = static_cast<std::size_t>(after_saved) + kLanes;
  program.density = select(for_density, program);
  for (std::size_t i = 0; i < instructions_.size(); ++i) {
    if (for_density[i]) program.origins.push_back(instructions_[i].origin);
  }
  program.places.resize(places_.size());
  for (const auto& [place, number] : places_) program.places[number] = place;
  program.saved_instructions = select(for_saved, program);
  program.inverses = inverses(for_density);
  program.saved_views = placed(saved);
  program.inner_views = placed(inner);
  return program;
}

}  // namespace exmc::density
