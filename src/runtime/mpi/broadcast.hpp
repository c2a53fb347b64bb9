#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "check.hpp"
#include "exmc/runtime/communicator.hpp"

namespace exmc::runtime::mpi {

/// A non-blocking broadcast in its steps: length and hash, then the bytes in pieces that MPI's int counts can hold,
/// then the agreement of all on (arrived, hash). A rank that sees a failure gives the communicator up (revokes it), so
/// that no other waits for bytes that will not come, and still takes part in the agreement.
class BroadcastInFlight {
 public:
  BroadcastInFlight(MPI_Comm comm, int root, std::string bytes);
  /// The outcome, once there is one.
  std::optional<Broadcast> poll();

 private:
  enum class Step { header, body, agreement, done };

  void begin_header();
  void begin_piece();
  void begin_agreement();
  void advance();
  void give_up();

  MPI_Comm comm_;
  int root_;
  bool is_root_;
  std::string bytes_;
  std::array<std::uint64_t, 2> header_{};  ///< length, hash
  std::size_t arrived_ = 0;
  int agreed_ = 0;
  int contribution_ = 0;
  Step step_ = Step::header;
  MPI_Request request_ = MPI_REQUEST_NULL;
};

}  // namespace exmc::runtime::mpi
