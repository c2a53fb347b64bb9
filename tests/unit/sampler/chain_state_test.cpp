#include "exmc/sampler/chain_state.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace exmc::sampler {
namespace {

ChainState some_state() {
  ChainState state;
  state.stage = Stage::settling;
  state.settled = false;
  state.iteration = 17;
  state.round = 2;
  state.divergences = 5;
  state.settling_acceptance = 0.25;
  state.settling_lp = -7.5;
  state.step = {0.1, -0.2, 0.3, -0.4, 6};
  state.position = Eigen::VectorXd::LinSpaced(3, -1, 1);
  state.warmup.coordinates = Coordinates::initial(MetricKind::dense, 3);
  state.warmup.coordinates.dense_inverse_mass(2, 0) = 0.7;
  state.warmup.coordinates.learned = "odd";
  state.warmup.window.add(state.position);
  state.warmup.window.add(2 * state.position);
  state.warmup.last_lp = {3, -1.5, 0.25};
  state.warmup.last_step_size = 0.5;
  state.warmup.divergences = 7;
  state.warmup.iterations = 300;
  state.warmup.closing = true;
  state.warmup.lp_floor = -12;
  state.warmup.lp = {4, -2.5, 0.75};
  return state;
}

TEST(ChainState, SurvivesEncoding) {
  const ChainState state = some_state();
  const ChainState copy = decode_state(encode(state));
  EXPECT_EQ(copy.stage, state.stage);
  EXPECT_EQ(copy.settled, state.settled);
  EXPECT_EQ(copy.iteration, state.iteration);
  EXPECT_EQ(copy.round, state.round);
  EXPECT_EQ(copy.divergences, state.divergences);
  EXPECT_EQ(copy.settling_acceptance, state.settling_acceptance);
  EXPECT_EQ(copy.settling_lp, state.settling_lp);
  EXPECT_EQ(copy.step, state.step);
  EXPECT_EQ(copy.position, state.position);
  EXPECT_EQ(copy.warmup.coordinates.metric, MetricKind::dense);
  EXPECT_EQ(copy.warmup.coordinates.dense_inverse_mass, state.warmup.coordinates.dense_inverse_mass);
  EXPECT_EQ(copy.warmup.coordinates.learned, "odd");
  EXPECT_EQ(copy.warmup.window.seen, 2u);
  EXPECT_EQ(copy.warmup.window.stride, 1u);
  EXPECT_EQ(copy.warmup.window.positions, state.warmup.window.positions);
  EXPECT_EQ(copy.warmup.last_lp.mean, -1.5);
  EXPECT_EQ(copy.warmup.last_step_size, 0.5);
  EXPECT_EQ(copy.warmup.divergences, 7u);
  EXPECT_EQ(copy.warmup.iterations, 300u);
  EXPECT_TRUE(copy.warmup.closing);
  EXPECT_EQ(copy.warmup.lp_floor, -12);
  EXPECT_EQ(copy.warmup.lp.count, 4u);
  EXPECT_EQ(copy.warmup.lp.mean, -2.5);
  EXPECT_EQ(copy.warmup.lp.squares, 0.75);
}

TEST(Coordinates, SurvivesEncoding) {
  for (const MetricKind kind : {MetricKind::diag, MetricKind::low_rank, MetricKind::dense, MetricKind::unit}) {
    Coordinates tuning = Coordinates::initial(kind, 4);
    tuning.step_size = 0.1 + 0.2;
    tuning.lp_mean = -1.0 / 3;
    if (kind == MetricKind::diag) tuning.inverse_mass[2] = 1.0 / 3;
    if (kind == MetricKind::dense) tuning.dense_inverse_mass(1, 2) = 1.0 / 3;
    const Coordinates copy = decode_coordinates(encode(tuning));
    EXPECT_EQ(copy.step_size, tuning.step_size);
    EXPECT_EQ(copy.metric, kind);
    EXPECT_EQ(copy.lp_mean, tuning.lp_mean);
    EXPECT_EQ(copy.lp_sd, tuning.lp_sd);
    EXPECT_EQ(copy.inverse_mass, tuning.inverse_mass);
    EXPECT_EQ(copy.dense_inverse_mass, tuning.dense_inverse_mass);
  }
}

TEST(ChainState, OfASamplingChainIsLittleMoreThanItsPosition) {
  ChainState state;
  state.stage = Stage::sampling;
  state.position = Eigen::VectorXd::Zero(1000);
  EXPECT_LT(encode(state).size(), 1000 * sizeof(double) + 400);
}

TEST(ChainState, HasTheSameBytesOnEveryMachine) {
  ChainState state;
  state.iteration = 0x0102;
  const std::string bytes = encode(state);
  const std::string mark = "exmc chain state 3\n";
  ASSERT_TRUE(bytes.starts_with(mark));
  EXPECT_EQ(bytes.substr(mark.size() + 4 * 8, 8), std::string("\x02\x01\0\0\0\0\0\0", 8));
}

TEST(ChainState, RefusesForeignBytes) {
  const std::string bytes = encode(some_state());
  EXPECT_THROW(decode_state(""), std::logic_error);
  EXPECT_THROW(decode_state(encode(Coordinates{})), std::logic_error);
  EXPECT_THROW(decode_coordinates(bytes), std::logic_error);
  EXPECT_THROW(decode_state(bytes + "x"), std::logic_error);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_THROW(decode_state(std::string_view(bytes).substr(0, length)), std::logic_error) << length;
  }
}

/// Lengths and enumerations out of range must neither allocate nor pass.
TEST(ChainState, RefusesDamagedBytes) {
  const std::string bytes = encode(some_state());
  for (std::size_t word = std::string("exmc chain state 3\n").size(); word + 8 <= bytes.size(); word += 8) {
    std::string damaged = bytes;
    damaged.replace(word, 8, 8, '\xfe');
    try {
      EXPECT_EQ(encode(decode_state(damaged)), damaged);  // a count or a double: any value is one
    } catch (const std::logic_error&) {
    }
  }
}

}  // namespace
}  // namespace exmc::sampler
