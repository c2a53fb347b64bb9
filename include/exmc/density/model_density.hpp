#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exmc/core/array.hpp"
#include "exmc/core/random.hpp"

namespace exmc::ir {
struct Model;
}

namespace exmc::density {

struct Program;
struct Arena;

/// What the quantities of a draw are; a row has them in this order.
enum class OutputGroup { posterior, predictive, log_likelihood, log_prior, potential, lower, upper };

/// Which groups are computed beside the posterior: those that have at most so many numbers.
struct OutputSelection {
  static constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();

  std::size_t predictive = 0;      ///< a draw of each observed node from its distribution
  std::size_t log_likelihood = 0;  ///< the log density of each observation
  std::size_t log_prior = 0;       ///< the log density of each free parameter, on the constrained scale
  bool potentials = false;         ///< what each adds to the log density, before it is summed
  bool bounds = false;             ///< of each free parameter that has some, each of the parameter's shape
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
  std::string unnormalised{};        ///< why its density lacks a constant; empty where it has all
};

/// An observed node and the data it is compared with.
struct ObservedVariable {
  std::string name;
  Array value;
  std::string never_drawn{};  ///< why there is no random number generator of its distribution; empty where there is
};

/// What a program may use where nobody says: 2 GiB.
inline constexpr std::uint64_t kDefaultMemory = std::uint64_t{2} << 30U;

/// In which coordinates a density is sampled.
enum class CoordinatesChoice {
  model,     ///< the model's own, as it is written
  automatic  ///< learned ones, for the variables whose location or scale depends on others
};

/// How a variable is sampled whose coordinates are learned.
struct CoordinateDescription {
  std::string name;     ///< of the variable
  std::string how;      ///< "in units of its prior, with a learned message", "as a softplus or a logarithm"
  std::string numbers;  ///< what was learned, as it is now: "precision 0.2 to 3.1", "the logarithm"; may be empty
};

/// Compiles a model: types, shapes, dependency order, constants folded. Constants and one set of variables with their
/// adjoints take up at most `memory_limit` bytes.
/// @throws InputError naming the JSON path, what was found and what was expected; also where it does not fit.
[[nodiscard]] std::shared_ptr<const Program> compile(const ir::Model& model,
                                                     std::uint64_t memory_limit = kDefaultMemory,
                                                     const OutputSelection& selection = {},
                                                     CoordinatesChoice choice = CoordinatesChoice::model);

/// Compiles what draws from the prior, as a program whose position is empty: its posterior is every variable that the
/// model saves, parameters drawn from their distributions, and its predictive group is every observed node's.
/// @throws InputError as compile(), and where the model has no prior that can be drawn from: improper distributions,
/// potentials.
[[nodiscard]] std::shared_ptr<const Program> compile_prior(const ir::Model& model,
                                                           std::uint64_t memory_limit = kDefaultMemory);

/// What is not finite at a position, and where.
struct DensityFault {
  enum class Kind { outside, unsolved, density, gradient };
  Kind kind;            ///< data or a parameter of a distribution outside its domain; a differential equation without a
                        ///< solution; log density; gradient alone
  std::string place;    ///< "lik.sigma", a node and what it is of it, or a parameter; empty where no node is to blame
  std::string cause{};  ///< of what is unsolved: "more than 10000 steps, at time 3.2"
};

/// The log density of a model over its unconstrained parameters, with gradient: a compiled program and the buffers of
/// one thread. Copies share the program and own their buffers and coordinates. Satisfies sampler::LearnsCoordinates.
///
/// A position is a sampled one, in the present coordinates (docs/decisions/0013), except where a function says that it
/// is the model's: the unconstrained parameters as the model has them. Where nothing is learned they are the same.
class ModelDensity {
 public:
  explicit ModelDensity(std::shared_ptr<const Program> program);
  ModelDensity(const ModelDensity& other);
  ModelDensity(ModelDensity&&) noexcept;
  ModelDensity& operator=(ModelDensity) noexcept;
  ~ModelDensity();

  /// Number of unconstrained parameters. Position order: parameters in the order of the model's text, row-major.
  [[nodiscard]] std::size_t dimension() const;
  /// What it was made of.
  [[nodiscard]] const std::shared_ptr<const Program>& program() const { return program_; }

  /// Memory of one density's own, in bytes, besides the program that copies share.
  [[nodiscard]] std::uint64_t buffer_bytes() const;

  /// Floating-point operations of a log density with gradient, estimated from the program's instructions and the
  /// numbers that it reads: for comparing with what a step costs besides. The same on every machine.
  [[nodiscard]] double cost() const;

  /// Log joint density with all constants plus the log-Jacobian of the transforms (those of the coordinates too), at a
  /// sampled position; writes its gradient. Both vectors have dimension() elements. Pure: the same position gives the
  /// same bits, whatever was evaluated before. -inf, never NaN, where data or parameters of distributions are outside
  /// their domains or the density cannot be evaluated; the gradient is then 0. Allocates nothing.
  double log_density(const Eigen::VectorXd& position, Eigen::VectorXd& gradient);
  /// Why the density or its gradient is not finite at a position, by what is found first; nothing where both are
  /// finite. For messages: an evaluation of its own.
  [[nodiscard]] std::optional<DensityFault> find_fault(const Eigen::VectorXd& position);
  /// The same in words: "outside its domain: lik.sigma", "log density not finite at node lik", "gradient not finite:
  /// parameter b"; empty where both are finite.
  [[nodiscard]] std::string explain(const Eigen::VectorXd& position);

  /// Saved quantities, group by group in the order of the model's text, and the length of a row of them.
  [[nodiscard]] const std::vector<SavedVariable>& saved_variables() const;
  [[nodiscard]] std::size_t saved_size() const;
  /// The length of a row of the posterior alone, with which a row begins.
  [[nodiscard]] std::size_t posterior_size() const;
  /// How many numbers a group has, or would have if it were selected.
  [[nodiscard]] std::size_t group_size(OutputGroup group) const;
  /// Writes the saved quantities at a sampled position, constrained, row-major, into a row of saved_size() or,
  /// for the posterior alone, posterior_size() numbers. What is random is drawn from `random`, and from nothing else.
  void write_saved(const Eigen::VectorXd& position, std::span<double> row, const RandomSource& random = {});

  [[nodiscard]] const std::vector<FreeParameter>& parameters() const;
  [[nodiscard]] const std::vector<ObservedVariable>& observed() const;

  /// Whether there is anything to learn. Where not, coordinates() is the same always and maps are identities.
  [[nodiscard]] bool learns() const;
  /// The present coordinates as bytes, equal on every machine, always of the same length.
  [[nodiscard]] std::string coordinates() const;
  /// @throws std::logic_error for what coordinates() of a density of this model did not return.
  void set_coordinates(std::string_view bytes);
  /// Fits coordinates to positions that were sampled in the present ones, switches to them, and expresses the positions
  /// in them. A function of coordinates and window alone. Few positions are used for what they are enough for.
  void learn(std::vector<Eigen::VectorXd>& window);
  /// Sampled position to the model's, in place, and back.
  void to_model(Eigen::VectorXd& position);
  void from_model(Eigen::VectorXd& position);
  /// log |d model position / d sampled position| at a sampled position: log_density() less this is the log density
  /// over the model's position.
  [[nodiscard]] double log_jacobian(const Eigen::VectorXd& position);
  /// What is learned, variable by variable in the order of the text, as it is now.
  [[nodiscard]] std::vector<CoordinateDescription> describe_coordinates() const;

 private:
  struct Buffers;
  [[nodiscard]] Arena arena() const;
  void run_inverse(const Eigen::VectorXd& model_position);
  std::shared_ptr<const Program> program_;
  std::unique_ptr<Buffers> buffers_;
};

}  // namespace exmc::density
