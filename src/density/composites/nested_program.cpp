#include "nested_program.hpp"

namespace exmc::density {
namespace {

NestedProgram::Block block_of(const View& view) {
  return {static_cast<std::size_t>(view.offset), element_count(view.shape), !view.constant()};
}

}  // namespace

NestedProgram::NestedProgram(Builder& builder, const std::vector<View>& inputs, const std::vector<View>& results) {
  std::vector<View> views = results;
  views.insert(views.end(), inputs.begin(), inputs.end());
  program_ = builder.finish({}, views);
  for (const View& view : program_.inner_views) {
    (results_.size() < results.size() ? results_ : inputs_).push_back(block_of(view));
  }
}

double NestedProgram::elements() const {
  double elements = 0;
  for (const Instruction& instruction : program_.density) {
    double of_one = 1;
    for (std::size_t axis = 0; axis < instruction.loop.rank; ++axis) {
      of_one *= static_cast<double>(instruction.loop.extents[axis]);
    }
    elements += of_one;
  }
  return elements;
}

void NestedProgram::forward(double* values) const {
  const Arena arena{program_.constants.data(), values, nullptr};
  for (const Instruction& instruction : program_.density) (void)instruction.forward(instruction, arena);
}

void NestedProgram::reverse(double* values, double* adjoints) const {
  const Arena arena{program_.constants.data(), values, adjoints};
  for (auto it = program_.density.rbegin(); it != program_.density.rend(); ++it) {
    if (it->reverse != nullptr) it->reverse(*it, arena);
  }
}

}  // namespace exmc::density
