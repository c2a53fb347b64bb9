#pragma once

#include <array>
#include <cstdint>
#include <limits>

#include "exmc/core/ids.hpp"

namespace exmc {

/// What a stream of random numbers is for. The values are part of the definition of the draws: never renumber.
enum class Purpose : std::uint64_t {
  start = 0,       ///< the dispersed starting point
  warmup = 1,      ///< warm-up and settling iterations
  draw = 2,        ///< sampling iterations
  generated = 3,   ///< random numbers of generated quantities
  predictive = 4,  ///< posterior predictive draws
  prior = 5,       ///< prior (predictive) draws
};

/// What all streams of one chain share.
struct StreamKey {
  std::uint64_t seed = 0;
  ChainId chain;
};

/// Which random numbers something uses: those of one iteration of one chain.
struct RandomSource {
  StreamKey key;
  std::uint64_t iteration = 0;
};

/// The random numbers of one iteration: Philox4x64-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2,
/// 3") with key (seed, chain) and counter (index, purpose, iteration, node). Nothing is carried from one iteration to
/// the next, so a chain resumed anywhere draws the same numbers. Satisfies std::uniform_random_bit_generator.
class RandomStream {
 public:
  using result_type = std::uint64_t;

  RandomStream(StreamKey key, Purpose purpose, std::uint64_t iteration, std::uint64_t node = 0);

  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

  /// The next 64 random bits.
  result_type operator()();

  /// Uniform on the open interval (0, 1), 52 bits.
  double uniform();

  /// Standard normal, by the ziggurat method: 64 bits for 99 % of the numbers, more for the rest.
  double normal();

 private:
  void refill();
  double tail();

  std::array<std::uint64_t, 2> key_;
  std::array<std::uint64_t, 4> counter_;
  std::array<std::uint64_t, 4> block_{};
  unsigned used_ = 4;
};

}  // namespace exmc
