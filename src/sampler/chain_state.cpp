#include "exmc/sampler/chain_state.hpp"

#include "bytes.hpp"

namespace exmc::sampler {
namespace {

// Change the number when the layout changes.
constexpr std::string_view kCoordinatesMark = "exmc coordinates 1\n";
constexpr std::string_view kStateMark = "exmc chain state 3\n";

/// One function visits the fields for writing and reading, so that they cannot disagree.
template <class Fields, class Visit>
void visit_coordinates(Fields& coordinates, Visit&& visit) {
  visit(coordinates.step_size);
  visit(coordinates.target_accept);
  visit(coordinates.inverse_mass);
  visit(coordinates.directions);
  visit(coordinates.stretches);
  visit(coordinates.dense_inverse_mass);
  visit(coordinates.learned);
  visit(coordinates.lp_mean);
  visit(coordinates.lp_sd);
}

template <class Fields, class Visit>
void visit_moments(Fields& moments, Visit&& visit) {
  visit(moments.count);
  visit(moments.mean);
  visit(moments.squares);
}

template <class Fields, class Visit>
void visit_warmup(Fields& warmup, Visit&& visit) {
  visit_coordinates(warmup.coordinates, visit);
  visit(warmup.window.seen);
  visit(warmup.window.stride);
  visit(warmup.window.positions);
  visit_moments(warmup.lp, visit);
  visit_moments(warmup.last_lp, visit);
  visit(warmup.last_step_size);
  visit(warmup.divergences);
  visit(warmup.iterations);
  visit(warmup.lp_floor);
}

template <class Fields, class Visit>
void visit_state(Fields& state, Visit&& visit) {
  visit(state.iteration);
  visit(state.round);
  visit(state.divergences);
  visit(state.settling_acceptance);
  visit(state.settling_lp);
  visit(state.step.log_step);
  visit(state.step.log_averaged_step);
  visit(state.step.mean_shortfall);
  visit(state.step.log_attractor);
  visit(state.step.count);
  visit(state.position);
  visit_warmup(state.warmup, visit);
}

}  // namespace

std::string encode(const Coordinates& coordinates) {
  ByteWriter writer(kCoordinatesMark);
  writer.put(static_cast<std::uint64_t>(coordinates.metric));
  visit_coordinates(coordinates, [&](const auto& field) { writer.put(field); });
  return writer.take();
}

Coordinates decode_coordinates(std::string_view bytes) {
  ByteReader reader(kCoordinatesMark, bytes);
  Coordinates coordinates;
  reader.get(coordinates.metric, MetricKind::unit);
  visit_coordinates(coordinates, [&](auto& field) { reader.get(field); });
  reader.finish();
  return coordinates;
}

std::string encode(const ChainState& state) {
  ByteWriter writer(kStateMark);
  writer.put(static_cast<std::uint64_t>(state.stage));
  writer.put(static_cast<std::uint64_t>(state.settled));
  writer.put(static_cast<std::uint64_t>(state.warmup.closing));
  writer.put(static_cast<std::uint64_t>(state.warmup.coordinates.metric));
  visit_state(state, [&](const auto& field) { writer.put(field); });
  return writer.take();
}

ChainState decode_state(std::string_view bytes) {
  ByteReader reader(kStateMark, bytes);
  ChainState state;
  reader.get(state.stage, Stage::complete);
  reader.get(state.settled);
  reader.get(state.warmup.closing);
  reader.get(state.warmup.coordinates.metric, MetricKind::unit);
  visit_state(state, [&](auto& field) { reader.get(field); });
  reader.finish();
  return state;
}

}  // namespace exmc::sampler
