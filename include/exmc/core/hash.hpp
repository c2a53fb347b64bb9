#pragma once

#include <cstdint>
#include <string_view>

namespace exmc {

/// FNV-1a, 64 bits (Fowler, Noll & Vo; offset basis and prime as published): tells bytes that differ by accident, not
/// by intent.
/// @param hash  of the bytes before these; without any, the offset basis
[[nodiscard]] constexpr std::uint64_t fnv1a(std::string_view bytes, std::uint64_t hash = 0xcbf29ce484222325U) {
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
  return hash;
}

}  // namespace exmc
