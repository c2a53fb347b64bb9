#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "../kernels/instruction.hpp"
#include "../numbers/simd.hpp"
#include "program.hpp"
#include "view.hpp"

namespace exmc::density {

/// The room of an array of `count` elements: each starts at a pack boundary, and a pack may be read from its last
/// element.
constexpr std::size_t padded(std::size_t count) { return (count + 2 * kLanes - 2) / kLanes * kLanes; }

/// A term that computes one of its operands, a linear predictor, itself: what to run in the term's place where nothing
/// else in the density needs the predictor.
struct FusedTerm {
  Instruction instruction;
  std::size_t operands;
  std::ptrdiff_t predictor;  ///< offset of the operand done without
};

/// The instructions of a program in the order they were written, at provisional addresses in the variable space:
/// Builder writes them, link() makes a program of those that something needs.
class Draft {
 public:
  /// Room in the position for `size` elements. Blocks will stand in the order of `rank`.
  /// @return its provisional offset
  [[nodiscard]] std::ptrdiff_t add_block(std::size_t rank, std::size_t size);
  /// Room for `size` learned numbers behind the position. @return its provisional offset
  [[nodiscard]] std::ptrdiff_t add_slots(std::size_t size);
  /// Elements of the position and slots so far.
  [[nodiscard]] std::size_t position_size() const { return position_size_; }

  /// An instruction that writes into the array `output`, all of it or a part.
  void add(const Instruction& instruction, std::size_t operands, const View& output, bool adds_to_density);
  /// The same of a composite, whose call it keeps.
  void add(Instruction instruction, std::shared_ptr<const CompositeCall> call, const View& output);
  /// An instruction that adds to the density and has no output.
  void add_term(const Instruction& instruction, std::size_t operands, const std::optional<FusedTerm>& fused);
  /// An instruction that adds 0 to the density, or -inf where something, in words, is not in its domain.
  void add_requirement(const Instruction& instruction, std::size_t operands, const std::string& what);

  /// What the instructions that follow belong to, in words.
  void locate(const std::string& where) { where_ = where; }

  /// How the instruction that writes the array at `output` runs in the inverse direction.
  void set_inverse(std::ptrdiff_t output, ForwardKernel inverse);

  /// The instructions that the density or a view of `saved` or `inner` needs, everything at its final address: all of a
  /// program but the constants and what names variables.
  [[nodiscard]] Program link(std::span<const View> saved, std::span<const View> inner);

 private:
  struct Written {
    Instruction instruction;
    std::size_t operands;
    bool adds_to_density;
    Origin origin;
    std::optional<FusedTerm> fused{};
    ForwardKernel inverse = nullptr;

    [[nodiscard]] std::span<const Operand> reads() const;
  };
  /// An array in the variable space.
  struct Output {
    std::size_t size = 0;
    std::vector<std::size_t> writers{};  ///< instructions
    std::ptrdiff_t begin = 0;
    std::ptrdiff_t placed_at = 0;  ///< where link() puts it
  };
  /// A parameter's room in the position.
  struct Block {
    std::size_t rank, provisional, size;
    std::size_t offset = 0;
  };

  [[nodiscard]] const Output* output_at(std::ptrdiff_t offset) const;
  void fuse_terms(std::span<const View> inner);
  [[nodiscard]] std::vector<Inverse> inverses(const std::vector<bool>& needed) const;
  [[nodiscard]] std::vector<View> placed(std::span<const View> views) const;
  void mark_writers(std::ptrdiff_t offset, std::vector<bool>& needed) const;
  void mark_needs(std::vector<bool>& needed) const;
  [[nodiscard]] std::vector<bool> needed_by_density(std::span<const View> inner) const;
  [[nodiscard]] std::vector<bool> needed_by(std::span<const View> views) const;
  void place_blocks();
  [[nodiscard]] std::ptrdiff_t place_outputs(const std::vector<bool>& needed, std::ptrdiff_t offset);
  [[nodiscard]] std::ptrdiff_t final_offset(std::ptrdiff_t offset) const;
  [[nodiscard]] std::vector<Instruction> select(const std::vector<bool>& needed, Program& program) const;
  [[nodiscard]] Origin here(bool requirement = false);

  std::string where_;
  std::map<std::string, std::size_t> places_;  ///< in words -> number
  std::vector<Written> instructions_;
  std::vector<std::shared_ptr<const CompositeCall>> calls_;  ///< of instructions, at provisional addresses
  std::vector<Block> blocks_;
  std::size_t position_size_ = 0, slots_ = 0;
  std::map<std::ptrdiff_t, Output> outputs_;  ///< by where they begin
};

}  // namespace exmc::density
