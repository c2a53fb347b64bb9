#include "exmc/core/random.hpp"

#include <Random123/philox.h>

#include <array>
#include <cmath>

namespace exmc {
namespace {

double bell(double x) { return std::exp(-0.5 * x * x); }

/// The half normal density covered by layers of equal area, the lowest of which includes the tail (Marsaglia & Tsang
/// 2000, "The ziggurat method for generating random variables"; constants for 256 layers in double precision and the
/// exact use of disjoint bits from Doornik 2005, "An improved ziggurat method").
struct Ziggurat {
  static constexpr unsigned kLayers = 256;
  static constexpr double kTailStart = 3.6541528853610088;
  static constexpr double kArea = 0.00492867323399;

  std::array<double, kLayers + 1> edges{};  ///< right ends of the layers, from the lowest to the point at the top

  Ziggurat() {
    edges[0] = kArea / bell(kTailStart);
    edges[1] = kTailStart;
    for (unsigned layer = 2; layer < kLayers; ++layer) {
      edges[layer] = std::sqrt(-2 * std::log(kArea / edges[layer - 1] + bell(edges[layer - 1])));
    }
  }
};

}  // namespace

RandomStream::RandomStream(StreamKey key, Purpose purpose, std::uint64_t iteration, std::uint64_t node)
    : key_{key.seed, key.chain.value}, counter_{0, static_cast<std::uint64_t>(purpose), iteration, node} {}

void RandomStream::refill() {
  const r123::Philox4x64 philox;  // ten rounds by default
  const r123::Philox4x64::ctr_type counter{{counter_[0], counter_[1], counter_[2], counter_[3]}};
  const r123::Philox4x64::ukey_type key{{key_[0], key_[1]}};
  const auto bits = philox(counter, r123::Philox4x64::key_type(key));
  for (unsigned word = 0; word < 4; ++word) block_[word] = bits[word];
  ++counter_[0];
  used_ = 0;
}

RandomStream::result_type RandomStream::operator()() {
  if (used_ == 4) refill();
  return block_[used_++];
}

double RandomStream::uniform() {
  // The middle of one of 2^52 equal cells: neither 0 nor 1 can come out, and every value is exact.
  constexpr double cell = 0x1p-52;
  return (static_cast<double>((*this)() >> 12) + 0.5) * cell;
}

double RandomStream::normal() {
  static const Ziggurat ziggurat;
  for (;;) {
    const result_type bits = (*this)();
    const unsigned layer = bits % Ziggurat::kLayers;  // of the low bits, which the fraction below leaves out
    const double fraction = static_cast<double>(static_cast<std::int64_t>(bits) >> 11) * 0x1p-52;  // in [-1, 1)
    const double z = fraction * ziggurat.edges[layer];
    if (std::abs(z) < ziggurat.edges[layer + 1]) return z;
    if (layer == 0) return std::copysign(tail(), fraction);
    const double low = bell(ziggurat.edges[layer]), high = bell(ziggurat.edges[layer + 1]);
    if (low + uniform() * (high - low) < bell(z)) return z;
  }
}

double RandomStream::tail() {
  constexpr double start = Ziggurat::kTailStart;
  for (;;) {
    const double beyond = -std::log(uniform()) / start;
    if (-2 * std::log(uniform()) > beyond * beyond) return start + beyond;
  }
}

}  // namespace exmc
