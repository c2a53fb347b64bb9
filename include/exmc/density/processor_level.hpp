#pragma once

#include <string_view>

namespace exmc::density {

/// The level of the x86-64 ABI that densities were compiled for: "x86-64" (any processor of that architecture),
/// "x86-64-v3" (with AVX2), "x86-64-v4" (with AVX-512); empty on other architectures. Values do not depend on it, where
/// the compiler fuses no multiplication with an addition.
[[nodiscard]] std::string_view processor_level();

}  // namespace exmc::density
