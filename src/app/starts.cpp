#include "starts.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "exmc/core/error.hpp"
#include "exmc/core/random.hpp"
#include "exmc/core/text.hpp"
#include "exmc/density/point_transform.hpp"
#include "exmc/io/draw_reader.hpp"
#include "memory.hpp"

namespace exmc::app {
namespace {

std::shared_ptr<const density::Program> compile_with_bounds(const ir::Model& model, std::uint64_t memory_limit) {
  density::OutputSelection bounds;
  bounds.bounds = true;
  return density::compile(model, memory_limit, bounds);
}

/// The number of a draw for chain `chain`: the last one, and earlier ones in each further round over the file's chains.
std::uint64_t draw_of(std::uint64_t chain, std::uint64_t chains, const io::DrawReader& file) {
  const std::uint64_t rounds = (chains + file.chains() - 1) / file.chains();
  return file.common_draws() - 1 - chain / file.chains() * file.common_draws() / rounds;
}

bool is_parameter(const ir::Node& node) {
  const auto* const random = std::get_if<ir::RandomVariable>(&node.kind);
  return std::holds_alternative<ir::Imputed>(node.kind) || (random != nullptr && random->is_free());
}

/// Points for chains of the job, from the variables of a file that are nodes of the model which have a distribution.
std::vector<config::Point> points_of(const config::Init& init, const Job& job) {
  io::DrawReader file(init.file);
  if (file.common_draws() == 0) throw InputError(init.where, init.file.string() + ": no chain has a draw yet");
  const std::uint64_t chains = *job.config.chains;
  std::vector<config::Point> points(chains);
  for (const io::Column& variable : file.variables()) {
    const auto node = std::ranges::find(job.model.nodes, variable.name, &ir::Node::output_name);
    if (node == job.model.nodes.end()) continue;
    if (!is_parameter(*node)) continue;
    for (config::Point& point : points) point.values[node->name] = {variable.shape, {}};
    for (std::size_t element = 0; element < element_count(variable.shape); ++element) {
      const std::vector<double> draws = file.variable(variable.name, element);
      for (std::uint64_t chain = 0; chain < chains; ++chain) {
        const std::uint64_t from = chain % file.chains() * file.common_draws() + draw_of(chain, chains, file);
        points[chain].values[node->name].values.push_back(draws.at(from));
      }
    }
  }
  if (points.front().values.empty()) {
    throw InputError(init.where, init.file.string() + " has draws of no parameter of the model");
  }
  return points;
}

std::string text_of(const config::Init& init) {
  if (!init.point) return shortest(init.radius);
  const std::string list = config::init_text({*init.point});
  return list.substr(1, list.size() - 2);
}

/// A draw from the prior as a position, a pure function of seed, chain and attempt; nothing where the model has no
/// prior that can be drawn from.
class PriorProposals {
 public:
  PriorProposals(std::shared_ptr<const ir::Model> model, std::uint64_t memory_limit, StreamKey key)
      : model_(std::move(model)), memory_limit_(memory_limit), key_(key) {}

  bool operator()(std::uint64_t attempt, Eigen::VectorXd& position) {
    if (!compiled_) compile();
    if (!prior_) return false;
    std::vector<double> row(prior_->posterior_size());
    prior_->write_saved({}, row, {key_, kFirstDraw + attempt});
    density::NamedValues values;
    for (const density::SavedVariable& saved : prior_->saved_variables()) {
      if (saved.group != density::OutputGroup::posterior) continue;
      const auto begin = row.begin() + static_cast<std::ptrdiff_t>(saved.offset);
      values[saved.name] = {saved.shape, {begin, begin + static_cast<std::ptrdiff_t>(element_count(saved.shape))}};
    }
    position.setZero();
    static_cast<void>(
        transform_->place(values, position));  // outside: a position without density, as good as any other
    return true;
  }

 private:
  static constexpr std::uint64_t kFirstDraw = std::uint64_t{1} << 62;  ///< behind all draws that are saved

  void compile() {
    compiled_ = true;
    try {
      prior_.emplace(density::compile_prior(*model_, memory_limit_));
      transform_.emplace(compile_with_bounds(*model_, memory_limit_));
    } catch (const InputError&) {
      prior_.reset();  // improper, or with potentials
    }
  }

  std::shared_ptr<const ir::Model> model_;
  std::uint64_t memory_limit_;
  StreamKey key_;
  bool compiled_ = false;
  std::optional<density::ModelDensity> prior_;
  std::optional<density::PointTransform> transform_;
};

void require_point(const config::Point& point, density::PointTransform& transform) {
  if (point.unconstrained) {
    if (point.unconstrained->size() == transform.dimension()) return;
    throw InputError(point.where("unconstrained"), "found " + std::to_string(point.unconstrained->size()) +
                                                       " numbers, expected " + std::to_string(transform.dimension()) +
                                                       ", the model's dimension");
  }
  auto fault = transform.find_misfit(point.values, false);
  if (!fault) fault = transform.find_outside(point.values);
  if (fault)
    throw InputError(point.where(fault->parameter),
                     (fault->element.empty() ? "" : "element " + fault->element + ": ") + fault->reason);
}

}  // namespace

void read_init_files(Job& job) {
  const std::vector<config::Init> all = config::read_init(job.config.init_text, job.config.source);
  if (all.size() > 1 && all.size() != *job.config.chains) {
    throw InputError(job.config.source, "init: found " + std::to_string(all.size()) +
                                            " entries, expected one for each of " + std::to_string(*job.config.chains) +
                                            " chains");
  }
  if (std::ranges::all_of(all, [](const config::Init& init) { return init.file.empty(); })) return;
  std::string text;
  for (std::uint64_t chain = 0; chain < *job.config.chains; ++chain) {
    config::Init init = all[all.size() == 1 ? 0 : chain];
    if (!init.file.empty()) init.point = points_of(init, job).at(chain);
    text += (text.empty() ? "[" : ", ") + text_of(init);
  }
  job.config.init_text = text + "]";
}

Starts::Starts(const Job& job)
    : model_(std::make_shared<const ir::Model>(job.model)),
      seed_(*job.config.seed),
      memory_limit_(memory_limit(job.config)),
      init_(config::read_init(job.config.init_text, job.config.source)) {
  if (std::ranges::none_of(init_, [](const config::Init& init) { return init.point.has_value(); })) return;
  program_ = compile_with_bounds(job.model, memory_limit_);
  density::PointTransform transform(program_);
  for (const config::Init& init : init_) {
    if (init.point) require_point(*init.point, transform);
  }
}

sampler::Start Starts::of(ChainId chain) const {
  const config::Init& init = init_[init_.size() == 1 ? 0 : chain.value];
  sampler::Start start;
  start.radius = init.radius;
  start.propose = PriorProposals(model_, memory_limit_, {seed_, chain});
  if (!init.point) return start;
  if (init.point->unconstrained) {
    start.place = [values = *init.point->unconstrained](Eigen::VectorXd& position) {
      std::ranges::copy(values, position.data());
      return std::string();
    };
    return start;
  }
  const auto transform = std::make_shared<density::PointTransform>(program_);
  start.place = [transform, values = init.point->values](Eigen::VectorXd& position) {
    const auto fault = transform->place(values, position);
    return fault ? "init." + fault->parameter + fault->element + ": " + fault->reason : std::string();
  };
  return start;
}

}  // namespace exmc::app
