#include "learned.hpp"

#include <fmt/core.h>

#include "exmc/sampler/coordinates.hpp"

namespace exmc::app {
namespace {

std::string metric_text(const sampler::Coordinates& coordinates) {
  switch (coordinates.metric) {
    case sampler::MetricKind::unit:
      return "unit metric";
    case sampler::MetricKind::dense:
      return "dense metric";
    case sampler::MetricKind::low_rank:
      return fmt::format("low-rank metric with {} directions", coordinates.directions.cols());
    case sampler::MetricKind::diag:
    case sampler::MetricKind::automatic:
      break;
  }
  return "diagonal metric";
}

}  // namespace

std::vector<std::string> describe_learned(const std::shared_ptr<const density::Program>& program,
                                          const std::string& tuning) {
  const sampler::Coordinates coordinates = sampler::decode_coordinates(tuning);
  std::vector<std::string> sentences{fmt::format("step size {:.3g}, {}, target acceptance {:.3g}",
                                                 coordinates.step_size, metric_text(coordinates),
                                                 coordinates.target_accept)};
  density::ModelDensity density(program);
  if (!density.learns()) return sentences;
  density.set_coordinates(coordinates.learned);
  for (const density::CoordinateDescription& variable : density.describe_coordinates()) {
    sentences.push_back(variable.name + " is sampled " + variable.how +
                        (variable.numbers.empty() ? "" : ": " + variable.numbers));
  }
  return sentences;
}

}  // namespace exmc::app
