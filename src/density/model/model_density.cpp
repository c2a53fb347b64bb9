#include "exmc/density/model_density.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "../coordinates/learning.hpp"
#include "../kernels/huge_pages.hpp"
#include "../program/program.hpp"
#include "exmc/density/draw_quantities.hpp"
#include "model_compiler.hpp"
#include "planned_model.hpp"

namespace exmc::density {
namespace {

/// Copies what was written element by element a moment ago: a few elements one by one too, since a wider load, as
/// memcpy's, waits until the narrower stores have left the store buffer (some 20 ns; `volatile` keeps loads apart).
void copy_recent(const double* from, std::size_t count, double* to) {
  constexpr std::size_t few = 16;
  if (count > few) {
    std::copy_n(from, count, to);
  } else {
    for (std::size_t i = 0; i < count; ++i) to[i] = static_cast<const volatile double*>(from)[i];
  }
}

std::size_t end_of(const SavedVariable& variable) { return variable.offset + element_count(variable.shape); }

}  // namespace

std::shared_ptr<const Program> compile(const ir::Model& model, std::uint64_t memory_limit,
                                       const OutputSelection& selection, CoordinatesChoice choice) {
  if (choice == CoordinatesChoice::model) {
    return std::make_shared<const Program>(ModelCompiler(model, memory_limit).compile(selection));
  }
  PlannedModel planned = plan_model(model, memory_limit);
  const ir::Model& as_planned = planned.named ? *planned.named : model;
  return std::make_shared<const Program>(
      ModelCompiler(as_planned, memory_limit, std::move(planned.plan)).compile(selection));
}

std::shared_ptr<const Program> compile_prior(const ir::Model& model, std::uint64_t memory_limit) {
  return std::make_shared<const Program>(ModelCompiler(model, memory_limit).compile_prior());
}

std::shared_ptr<const Program> compile_quantities(const ir::Model& model, std::uint64_t memory_limit,
                                                  const OutputSelection& selection) {
  return std::make_shared<const Program>(ModelCompiler(model, memory_limit).compile_quantities(selection));
}

std::vector<std::string> variables_behind_data(const ir::Model& model) {
  return ModelCompiler(model, kDefaultMemory).variables_behind_data();
}

std::uint64_t constant_bytes(const Program& program) { return program.constants.size() * sizeof(double); }

/// Values and adjoints of the variable space.
struct ModelDensity::Buffers {
  explicit Buffers(const Program& program) {
    resize_in_huge_pages(values, program.variables);
    resize_in_huge_pages(adjoints, program.adjoints);
  }

  AlignedVector values, adjoints;
};

ModelDensity::ModelDensity(std::shared_ptr<const Program> program)
    : program_(std::move(program)), buffers_(std::make_unique<Buffers>(*program_)) {}
ModelDensity::ModelDensity(const ModelDensity& other) : ModelDensity(other.program_) {
  std::copy_n(other.buffers_->values.begin() + static_cast<std::ptrdiff_t>(program_->dimension), program_->slots,
              buffers_->values.begin() + static_cast<std::ptrdiff_t>(program_->dimension));
}
ModelDensity::ModelDensity(ModelDensity&&) noexcept = default;
ModelDensity& ModelDensity::operator=(ModelDensity other) noexcept {
  std::swap(program_, other.program_);
  std::swap(buffers_, other.buffers_);
  return *this;
}
ModelDensity::~ModelDensity() = default;

std::size_t ModelDensity::dimension() const { return program_->dimension; }
const std::vector<SavedVariable>& ModelDensity::saved_variables() const { return program_->saved; }
const std::vector<FreeParameter>& ModelDensity::parameters() const { return program_->parameters; }
const std::vector<ObservedVariable>& ModelDensity::observed() const { return program_->observed; }

std::uint64_t ModelDensity::buffer_bytes() const {
  return static_cast<std::uint64_t>(buffers_->values.size() + buffers_->adjoints.size()) * sizeof(double);
}

double ModelDensity::cost() const {
  constexpr double of_instruction = 40, of_element = 10, of_number = 2;
  double operations = of_number * static_cast<double>(program_->constants.size() + program_->variables);
  for (const Instruction& instruction : program_->density) {
    double elements = instruction.call == nullptr ? 1 : instruction.call->composite->elements();
    for (std::size_t axis = 0; axis < instruction.loop.rank; ++axis) {
      elements *= static_cast<double>(instruction.loop.extents[axis]);
    }
    operations += of_instruction + of_element * elements;
  }
  return operations;
}

std::size_t ModelDensity::saved_size() const { return program_->saved.empty() ? 0 : end_of(program_->saved.back()); }

std::size_t ModelDensity::posterior_size() const {
  std::size_t size = 0;
  for (const SavedVariable& variable : program_->saved) {
    if (variable.group == OutputGroup::posterior) size = end_of(variable);
  }
  return size;
}

std::size_t ModelDensity::group_size(OutputGroup group) const {
  return group == OutputGroup::posterior ? posterior_size() : program_->group_sizes.at(group);
}

Arena ModelDensity::arena() const {
  return {program_->constants.data(), buffers_->values.data(), buffers_->adjoints.data()};
}

double ModelDensity::log_density(const Eigen::VectorXd& position, Eigen::VectorXd& gradient) {
  const Program& program = *program_;
  const Arena memory = arena();
  copy_recent(position.data(), program.dimension, memory.values);
  const double log_density = run_density(program, memory);
  if (std::isinf(log_density) && log_density < 0) {
    gradient.setZero(static_cast<Eigen::Index>(program.dimension));
    return log_density;
  }
  gradient.resize(static_cast<Eigen::Index>(program.dimension));
  copy_recent(memory.adjoints, program.dimension, gradient.data());
  return log_density;
}

std::optional<DensityFault> ModelDensity::find_fault(const Eigen::VectorXd& position) {
  using Kind = DensityFault::Kind;
  const Program& program = *program_;
  const auto name_of = [&](std::size_t instruction) {
    const std::string& place = program.places[program.origins[instruction].place];
    constexpr std::string_view before = ": nodes.";
    const std::size_t found = place.find(before);
    return found == std::string::npos ? place : place.substr(found + before.size());
  };
  const Arena memory = arena();
  std::copy_n(position.data(), program.dimension, memory.values);
  std::fill_n(memory.adjoints, program.adjoints, 0.0);
  std::optional<std::size_t> first;
  for (std::size_t i = 0; i < program.density.size(); ++i) {
    const double term = program.density[i].forward(program.density[i], memory);
    if (std::isfinite(term)) continue;
    const Instruction& instruction = program.density[i];
    if (instruction.call != nullptr) {
      return DensityFault{Kind::unsolved, name_of(i), instruction.call->composite->failure(instruction, memory)};
    }
    if (program.origins[i].requirement) return DensityFault{Kind::outside, name_of(i)};
    if (!first) first = i;
  }
  if (first) return DensityFault{Kind::density, name_of(*first)};
  Eigen::VectorXd gradient;
  if (!std::isfinite(log_density(position, gradient))) return DensityFault{Kind::density, ""};
  for (const FreeParameter& parameter : program.parameters) {
    const auto part =
        gradient.segment(static_cast<Eigen::Index>(parameter.offset), static_cast<Eigen::Index>(parameter.size));
    if (!part.allFinite()) return DensityFault{Kind::gradient, parameter.name};
  }
  return std::nullopt;
}

std::string ModelDensity::explain(const Eigen::VectorXd& position) {
  const std::optional<DensityFault> fault = find_fault(position);
  if (!fault) return {};
  switch (fault->kind) {
    case DensityFault::Kind::outside:
      return "outside its domain: " + fault->place;
    case DensityFault::Kind::unsolved:
      return "no solution of " + fault->place + ": " + fault->cause;
    case DensityFault::Kind::gradient:
      return "gradient not finite: parameter " + fault->place;
    case DensityFault::Kind::density:
      break;
  }
  return "log density not finite" + (fault->place.empty() ? "" : " at node " + fault->place);
}

void ModelDensity::write_saved(const Eigen::VectorXd& position, std::span<double> row, const RandomSource& random) {
  const Program& program = *program_;
  const Arena arena{program.constants.data(), buffers_->values.data(), buffers_->adjoints.data(), &random};
  std::copy_n(position.data(), program.dimension, arena.values);
  for (const Instruction& instruction : program.saved_instructions) instruction.forward(instruction, arena);
  for (std::size_t i = 0; i < program.saved.size() && end_of(program.saved[i]) <= row.size(); ++i) {
    const View& view = program.saved_views[i];
    copy_elements(view.constant() ? arena.constants : arena.values, view, row.data() + program.saved[i].offset);
  }
}

}  // namespace exmc::density
