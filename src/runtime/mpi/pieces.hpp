#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace exmc::runtime::mpi {

/// Messages travel in pieces so small that MPI sends each at once, together with what announces it. A larger one is
/// announced first and sent when the receiver asks for it: where its sender died in between, the TCP transport of Open
/// MPI 5.0 crashes the receiver. Its limit is 64 KiB, its own headers included.
inline constexpr std::size_t kPieceBytes = 60000;

/// The pieces of a message, in the order in which they have to arrive; the first begins with the length of the whole.
[[nodiscard]] std::vector<std::string> split_message(const std::string& message);

/// Puts the pieces from one sender together again.
class MessageAssembly {
 public:
  /// @return the message, once its last piece is here.
  [[nodiscard]] std::optional<std::string> add(const std::string& piece);

 private:
  std::string message_;
  std::uint64_t length_ = 0;
  bool begun_ = false;
};

}  // namespace exmc::runtime::mpi
