#include "exmc/core/random.hpp"

#include <Random123/philox.h>

#include <cmath>
#include <numbers>

namespace exmc {

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
  if (has_spare_) {
    has_spare_ = false;
    return spare_normal_;
  }
  const double radius = std::sqrt(-2.0 * std::log(uniform()));
  const double angle = 2.0 * std::numbers::pi * uniform();
  spare_normal_ = radius * std::sin(angle);
  has_spare_ = true;
  return radius * std::cos(angle);
}

}  // namespace exmc
