#include "exmc/sampler/chain_state.hpp"

#include "bytes.hpp"

namespace exmc::sampler {
namespace {

// Change the number when the layout changes.
constexpr std::string_view kTuningMark = "exmc tuning 2\n";
constexpr std::string_view kStateMark = "exmc chain state 2\n";

/// One function visits the fields for writing and reading, so that they cannot disagree.
template <class Fields, class Visit>
void visit_tuning(Fields& tuning, Visit&& visit) {
  visit(tuning.step_size);
  visit(tuning.inverse_mass);
  visit(tuning.dense_inverse_mass);
  visit(tuning.lp_mean);
  visit(tuning.lp_sd);
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
  visit_tuning(state.warmup.tuning, visit);
  visit(state.warmup.moments.count);
  visit(state.warmup.moments.mean);
  visit(state.warmup.moments.squares);
  visit(state.warmup.lp.count);
  visit(state.warmup.lp.mean);
  visit(state.warmup.lp.squares);
}

}  // namespace

std::string encode(const Tuning& tuning) {
  ByteWriter writer(kTuningMark);
  writer.put(static_cast<std::uint64_t>(tuning.metric));
  visit_tuning(tuning, [&](const auto& field) { writer.put(field); });
  return writer.take();
}

Tuning decode_tuning(std::string_view bytes) {
  ByteReader reader(kTuningMark, bytes);
  Tuning tuning;
  reader.get(tuning.metric, MetricKind::unit);
  visit_tuning(tuning, [&](auto& field) { reader.get(field); });
  reader.finish();
  return tuning;
}

std::string encode(const ChainState& state) {
  ByteWriter writer(kStateMark);
  writer.put(static_cast<std::uint64_t>(state.stage));
  writer.put(static_cast<std::uint64_t>(state.settled));
  writer.put(static_cast<std::uint64_t>(state.warmup.tuning.metric));
  visit_state(state, [&](const auto& field) { writer.put(field); });
  return writer.take();
}

ChainState decode_state(std::string_view bytes) {
  ByteReader reader(kStateMark, bytes);
  ChainState state;
  reader.get(state.stage, Stage::complete);
  reader.get(state.settled);
  reader.get(state.warmup.tuning.metric, MetricKind::unit);
  visit_state(state, [&](auto& field) { reader.get(field); });
  reader.finish();
  return state;
}

}  // namespace exmc::sampler
