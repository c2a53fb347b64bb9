#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "exmc/core/array.hpp"
#include "exmc/core/random.hpp"
#include "exmc/ir/model.hpp"

namespace exmc::density {

struct Program;

/// What the quantities of a draw are; a row has them in this order.
enum class OutputGroup { posterior, predictive, log_likelihood, log_prior };

/// Which groups are computed beside the posterior: those that have at most so many numbers.
struct OutputSelection {
  static constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();

  std::size_t predictive = 0;      ///< a draw of each observed node from its distribution
  std::size_t log_likelihood = 0;  ///< the log density of each observation
  std::size_t log_prior = 0;       ///< the log density of each free parameter, on the constrained scale
};

/// A quantity that is saved with every draw, on the constrained scale.
struct SavedVariable {
  std::string name;
  Shape shape;
  std::size_t offset = 0;  ///< of its first element in a saved row
  OutputGroup group = OutputGroup::posterior;
  bool discrete = false;  ///< a whole number, always
};

/// A free parameter: where it stands in the position vector.
struct FreeParameter {
  std::string name;
  Shape shape;                       ///< constrained
  std::string support;               ///< "real", "positive", ...
  std::size_t offset = 0, size = 0;  ///< in the unconstrained position
};

/// An observed node and the data it is compared with.
struct ObservedVariable {
  std::string name;
  Array value;
  std::string never_drawn{};  ///< why there is no random number generator of its distribution; empty where there is
};

/// What a program may use where nobody says: 2 GiB.
inline constexpr std::uint64_t kDefaultMemory = std::uint64_t{2} << 30U;

/// Compiles a model: types, shapes, dependency order, constants folded. Constants and one set of variables with their
/// adjoints take up at most `memory_limit` bytes.
/// @throws InputError naming the JSON path, what was found and what was expected; also where it does not fit.
[[nodiscard]] std::shared_ptr<const Program> compile(const ir::Model& model,
                                                     std::uint64_t memory_limit = kDefaultMemory,
                                                     const OutputSelection& selection = {});

/// Compiles what draws from the prior, as a program whose position is empty: its posterior is every variable that the
/// model saves, parameters drawn from their distributions, and its predictive group is every observed node's.
/// @throws InputError as compile(), and where the model has no prior that can be drawn from: improper distributions,
/// potentials.
[[nodiscard]] std::shared_ptr<const Program> compile_prior(const ir::Model& model,
                                                           std::uint64_t memory_limit = kDefaultMemory);

/// The log density of a model over its unconstrained parameters, with gradient: a compiled program and the buffers of
/// one thread. Copies share the program and own their buffers. Satisfies sampler::LogDensity.
class ModelDensity {
 public:
  explicit ModelDensity(std::shared_ptr<const Program> program);
  ModelDensity(const ModelDensity& other);
  ModelDensity(ModelDensity&&) noexcept;
  ModelDensity& operator=(ModelDensity) noexcept;
  ~ModelDensity();

  /// Number of unconstrained parameters. Position order: parameters in the order of the model's text, row-major.
  [[nodiscard]] std::size_t dimension() const;

  /// Memory of one density's own, in bytes, besides the program that copies share.
  [[nodiscard]] std::uint64_t buffer_bytes() const;

  /// Log joint density with all constants plus the log-Jacobian of the transforms, at an unconstrained position;
  /// writes its gradient. Both vectors have dimension() elements. Pure: the same position gives the same bits, whatever
  /// was evaluated before. Outside the support or where it cannot be evaluated: NaN or -inf, and any gradient.
  /// Allocates nothing.
  double log_density(const Eigen::VectorXd& position, Eigen::VectorXd& gradient);

  /// Saved quantities, group by group in the order of the model's text, and the length of a row of them.
  [[nodiscard]] const std::vector<SavedVariable>& saved_variables() const;
  [[nodiscard]] std::size_t saved_size() const;
  /// The length of a row of the posterior alone, with which a row begins.
  [[nodiscard]] std::size_t posterior_size() const;
  /// How many numbers a group has, or would have if it were selected.
  [[nodiscard]] std::size_t group_size(OutputGroup group) const;
  /// Writes the saved quantities at an unconstrained position, constrained, row-major, into a row of saved_size() or,
  /// for the posterior alone, posterior_size() numbers. What is random is drawn from `random`, and from nothing else.
  void write_saved(const Eigen::VectorXd& position, std::span<double> row, const RandomSource& random = {});

  [[nodiscard]] const std::vector<FreeParameter>& parameters() const;
  [[nodiscard]] const std::vector<ObservedVariable>& observed() const;

 private:
  struct Buffers;
  std::shared_ptr<const Program> program_;
  std::unique_ptr<Buffers> buffers_;
};

}  // namespace exmc::density
