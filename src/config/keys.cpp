#include "keys.hpp"

#include <limits>
#include <utility>

#include "exmc/config/points.hpp"
#include "read_values.hpp"

namespace exmc::config {
namespace {

using json::Value;

constexpr std::uint64_t kMostIterations = 1'000'000'000'000;
constexpr std::uint64_t kMostPriorDraws = 100'000;  // the ranks wait for them
constexpr std::uint64_t kMostChains = 100'000;
constexpr std::uint64_t kDeepestTree = 30;  // 2^30 gradients an iteration are beyond any use
constexpr Seconds kPatience{1, 1e6};

/// A key whose value, read as its kind says, goes into the field of the config that `field` finds.
template <class Kind, class Field>
Key key(std::string_view section, std::string_view name, Kind kind, std::string_view fallback, std::string_view meaning,
        Field field) {
  const auto read = [kind, field](const Value& value, Config& config) {
    auto& target = field(config);
    target = static_cast<std::remove_reference_t<decltype(target)>>(read_value(value, kind));
  };
  return {section, name, kind, fallback, meaning, read};
}

void read_model(const Value& value, Config& config) {
  if (value.json().is_object()) {
    config.model_text = value.json().dump();
  } else {
    (void)value.string("the path of a model, or the model itself");
    config.model_file = read_value(value, FilePath{});
  }
}

void read_data(const Value& value, Config& config) {
  (void)value.object("an object of data entries");
  config.data_text = value.json().dump();
}

void read_starts(const Value& value, Config& config) {
  config.init_text = value.json().dump();
  (void)read_init(config.init_text, value.source());
}

void read_mode(const Value& value, Config& config, const OneOf& modes) {
  config.warmup.mode = read_value(value, modes) == "independent" ? WarmupMode::independent : WarmupMode::coordinator;
}

std::vector<Key> top_level() {
  return {
      {"", "model", ModelOrPath{}, "required", "the model's file, or [the model](ir.md) itself", read_model},
      {"", "data", DataEntries{}, "`{}`", "replaces entries of the model's `data`, or adds to them", read_data},
      key(
          "", "seed", IntegerRange{0, std::numeric_limits<std::uint64_t>::max()}, "drawn once, printed and stored",
          "with the chain's number the key of all random numbers", [](Config & c) -> auto& { return c.seed; }),
      key(
          "", "chains", IntegerRange{1, kMostChains}, "the number of ranks; without mpirun 5",
          "more than ranks: queued; fewer: spare ranks", [](Config & c) -> auto& { return c.chains; }),
      {"", "init", StartingPoints{}, "2", "where chains begin ([starts](#starts))", read_starts},
  };
}

std::vector<Key> warmup() {
  const OneOf modes{{"coordinator", "independent"}, {"pooled"}};
  return {
      key(
          "warmup", "iterations", AutomaticInteger{{0, kMostIterations}}, "`\"auto\"`",
          "iterations that learn metric and step size; auto: until they change no more, at most 1000",
          [](Config & c) -> auto& { return c.warmup.iterations; }),
      {"warmup", "mode", modes, "`\"coordinator\"`", "rank 0 warms up and broadcasts, or each chain warms itself up",
       [modes](const Value& value, Config& config) { read_mode(value, config, modes); }},
      key(
          "warmup", "settle", IntegerRange{0, kMostIterations}, "100",
          "coordinator: iterations before a chain's first draw, away from its dispersed start; up to twice as many "
          "more, then a warm-up of its own, where [they do not suffice](settling.md)",
          [](Config & c) -> auto& { return c.warmup.settle; }),
      key(
          "warmup", "from", FilePath{}, "none",
          "coordinator: result file of an earlier run of the same parameters, whose coordinates, metric and step size "
          "are taken in place of a warm-up ([details](#an-earlier-runs-warm-up))",
          [](Config & c) -> auto& { return c.warmup.from; }),
  };
}

std::vector<Key> sampler() {
  return {
      key(
          "sampler", "draws", IntegerRange{1, kMostIterations}, "1000", "draws per chain",
          [](Config & c) -> auto& { return c.sampler.draws; }),
      key(
          "sampler", "target_accept", AutomaticUnitInterval{}, "`\"auto\"`",
          "mean acceptance that the step size is adapted to; auto: 0.8, more where the warm-up still diverges",
          [](Config & c) -> auto& { return c.sampler.target_accept; }),
      key(
          "sampler", "max_tree_depth", IntegerRange{1, kDeepestTree}, "10",
          "a trajectory has at most 2^depth - 1 steps", [](Config & c) -> auto& { return c.sampler.max_tree_depth; }),
      key(
          "sampler", "metric", OneOf{{"auto", "diag", "low_rank", "dense", "unit"}, {}}, "`\"auto\"`",
          "shape of the mass matrix; auto: what takes the least work per draw",
          [](Config & c) -> auto& { return c.sampler.metric; }),
      key(
          "sampler", "coordinates", OneOf{{"auto", "model"}, {}}, "`\"auto\"`",
          "in which the model is sampled; auto: learned in the warm-up, for variables whose location or scale depends "
          "on others; model: as it is written. Draws and `lp` are the model's, whatever was sampled",
          [](Config & c) -> auto& { return c.sampler.coordinates; }),
  };
}

std::vector<Key> stop() {
  return {
      key(
          "stop", "ess", NumberAbove{0}, "none: the run makes all of its draws",
          "the run ends, with fewer draws, where every quantity of the summary has an effective sample size of at "
          "least this, in bulk and tails ([when](#a-goal))",
          [](Config & c) -> auto& { return c.stop.ess; }),
      key(
          "stop", "rhat", NumberAbove{1}, "1.01", "with `stop.ess`: and an R-hat of at most this",
          [](Config & c) -> auto& { return c.stop.rhat; }),
  };
}

std::vector<Key> output() {
  return {
      key(
          "output", "file", FilePath{}, "the config's name with `.h5`, beside it", "the file that is written",
          [](Config & c) -> auto& { return c.output.file; }),
      key(
          "output", "flush_seconds", Seconds{0, 1e6}, "1",
          "time between two writes to the disk; more where they take over a quarter of it, less where a rank waits for "
          "one",
          [](Config & c) -> auto& { return c.output.flush_seconds; }),
      key(
          "output", "save_warmup", Flag{}, "`false`", "keep warm-up and settling in `/warmup_*`",
          [](Config & c) -> auto& { return c.output.save_warmup; }),
      key(
          "output", "log_likelihood", AutomaticFlag{}, "`\"auto\"`",
          "keep the log density of each observation in `/log_likelihood`; auto: where all that it adds stays under 8 "
          "MB "
          "and a twentieth of the run's CPU ([how](#what-is-kept))",
          [](Config & c) -> auto& { return c.output.log_likelihood; }),
      key(
          "output", "predictive", AutomaticFlag{}, "`\"auto\"`",
          "keep a draw of each observed node in `/posterior_predictive`; auto: likewise, and without nodes from whose "
          "distribution nothing can be drawn, which `true` refuses",
          [](Config & c) -> auto& { return c.output.predictive; }),
      key(
          "output", "log_prior", Flag{}, "`false`", "keep the log density of each free parameter in `/log_prior`",
          [](Config & c) -> auto& { return c.output.log_prior; }),
      key(
          "output", "prior", IntegerRange{0, kMostPriorDraws}, "0",
          "draws from the prior, in `/prior` and `/prior_predictive`",
          [](Config & c) -> auto& { return c.output.prior; }),
      key(
          "output", "thin", IntegerRange{1, kMostIterations}, "1",
          "keep draws 0, n, 2n ... only, under these numbers ([smaller files](#smaller-files))",
          [](Config & c) -> auto& { return c.output.thin; }),
      key(
          "output", "float32", Flag{}, "`false`",
          "real numbers of draws, but not of `/sample_stats`, in single precision",
          [](Config & c) -> auto& { return c.output.float32; }),
      key(
          "output", "save", Variables{}, "`\"all\"`",
          "what `/posterior` has: `\"mu,theta[0:3]\"` or a list of such; all: what the model does not leave out",
          [](Config & c) -> auto& { return c.output.save; }),
      key(
          "output", "summary", Variables{}, "`\"auto\"`",
          "what the table at the end shows: `\"mu,theta[0:3]\"` or a list of such, `\"all\"`, `\"none\"`; auto: what "
          "fits "
          "a screen ([the table](#the-table))",
          [](Config & c) -> auto& { return c.output.summary; }),
  };
}

std::vector<Key> runtime() {
  return {
      key(
          "runtime", "heartbeat_seconds", kPatience, "60",
          "a rank that does not answer for so long, or whose chain finishes no gradient, is killed and survived like "
          "one that died; more than the longest gradient takes. No effect without mpirun",
          [](Config & c) -> auto& { return c.runtime.heartbeat_seconds; }),
      key(
          "runtime", "start_seconds", kPatience, "120",
          "ranks wait so long for each other at the start; where a rank cannot read the config then, and over it, the "
          "environment variable `EXMC_START_SECONDS` counts",
          [](Config & c) -> auto& { return c.runtime.start_seconds; }),
      key(
          "runtime", "memory_limit", MemorySize{}, "`\"auto\"`",
          "what model, data and chains may use in each process ([memory](#memory))",
          [](Config & c) -> auto& { return c.runtime.memory_limit; }),
      key(
          "runtime", "time_limit", TimeLimit{}, "none",
          "`\"02:00:00\"`, `\"1-12:00:00\"`: the run stops as by a signal, resumable, so long after the program's "
          "start; "
          "`\"slurm\"`: a minute before the job's time limit",
          [](Config & c) -> auto& { return c.runtime.time_limit; }),
  };
}

}  // namespace

std::string Key::path() const { return (section.empty() ? "" : std::string(section) + ".") + std::string(name); }

const std::vector<Key>& keys() {
  static const std::vector<Key> all = [] {
    std::vector<Key> list;
    for (std::vector<Key>& part : std::vector{top_level(), warmup(), sampler(), stop(), output(), runtime()}) {
      for (Key& entry : part) list.push_back(std::move(entry));
    }
    list.push_back({"", "$schema", AnyText{}, "", "for editors; ignored",
                    [](const Value& value, Config&) { (void)value.string(); }});
    return list;
  }();
  return all;
}

}  // namespace exmc::config
