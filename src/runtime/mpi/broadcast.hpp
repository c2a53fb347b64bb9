#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "check.hpp"
#include "exmc/runtime/communicator.hpp"

namespace exmc::runtime::mpi {

/// A non-blocking broadcast in its steps: length and hash, then the bytes in pieces that MPI's int counts can hold.
/// What a rank has then says nothing of the others: each tells the coordinator what came of it. Not to be destroyed
/// before it is over, because MPI may write into it.
class BroadcastInFlight {
 public:
  BroadcastInFlight(MPI_Comm comm, int root, std::string bytes);
  /// The outcome, once there is one.
  std::optional<Broadcast> poll();

 private:
  enum class Step { header, body, done };

  void begin_header();
  void begin_piece();
  void advance();

  MPI_Comm comm_;
  int root_;
  std::string bytes_;
  std::array<std::uint64_t, 2> header_{};  ///< length, hash
  std::size_t arrived_ = 0;
  bool failed_ = false;
  Step step_ = Step::header;
  MPI_Request request_ = MPI_REQUEST_NULL;
};

}  // namespace exmc::runtime::mpi
