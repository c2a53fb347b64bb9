#pragma once

#include <string>

namespace exmc::app {

/// What the C library's mathematical functions make of some thousands of arguments, as a hash. They are within an ulp
/// everywhere, but another version of the library, or the same on a processor without fused multiply-add, has other
/// last digits, and draws with it.
[[nodiscard]] std::string maths_library();

}  // namespace exmc::app
