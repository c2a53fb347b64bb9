#include "maths_library.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>

namespace exmc::app {
namespace {

/// FNV-1a over the bytes of a number's bits.
std::uint64_t add_to_hash(std::uint64_t hash, double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  for (unsigned shift = 0; shift < 64; shift += 8) hash = (hash ^ ((bits >> shift) & 0xffU)) * 0x100000001b3U;
  return hash;
}

}  // namespace

std::string maths_library() {
  using Function = double (*)(double);
  constexpr Function functions[] = {std::exp,  std::expm1, std::log,  std::log1p, std::log2,   std::sin,
                                    std::cos,  std::tan,   std::asin, std::acos,  std::atan,   std::sinh,
                                    std::cosh, std::tanh,  std::erf,  std::erfc,  std::lgamma, std::tgamma};
  constexpr int points = 1000;  // in (0, 1); of exp, sin and cos one in some 1500 depends on fused multiply-add
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (int i = 1; i <= points; ++i) {
    const double x = i / (points + 1.0);
    for (const Function function : functions) hash = add_to_hash(hash, function(x));
    hash = add_to_hash(hash, std::pow(x, 3 * x));
  }
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

}  // namespace exmc::app
