#include "broadcast.hpp"

#include <algorithm>
#include <utility>

#include "exmc/runtime/wire.hpp"

namespace exmc::runtime::mpi {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 30;

}  // namespace

BroadcastInFlight::BroadcastInFlight(MPI_Comm comm, int root, std::string bytes)
    : comm_(comm), root_(root), bytes_(std::move(bytes)) {
  int rank = 0;
  check(MPI_Comm_rank(comm_, &rank), "MPI_Comm_rank");
  if (rank == root_) header_ = {bytes_.size(), hash_bytes(bytes_)};
  begin_header();
}

void BroadcastInFlight::begin_header() {
  const int count = static_cast<int>(header_.size());
  failed_ =
      check(MPI_Ibcast(header_.data(), count, MPI_UINT64_T, root_, comm_, &request_), "MPI_Ibcast") != CallResult::ok;
}

void BroadcastInFlight::begin_piece() {
  const auto count = static_cast<int>(std::min(kPiece, bytes_.size() - arrived_));
  failed_ = check(MPI_Ibcast(bytes_.data() + arrived_, count, MPI_BYTE, root_, comm_, &request_), "MPI_Ibcast") !=
            CallResult::ok;
}

void BroadcastInFlight::advance() {
  if (step_ == Step::header) {
    bytes_.resize(header_[0]);
    step_ = Step::body;
  } else {
    arrived_ += std::min(kPiece, bytes_.size() - arrived_);
  }
  if (arrived_ < bytes_.size()) {
    begin_piece();
  } else {
    step_ = Step::done;
  }
}

std::optional<Broadcast> BroadcastInFlight::poll() {
  while (step_ != Step::done && !failed_) {
    int complete = 0;
    if (check(MPI_Test(&request_, &complete, MPI_STATUS_IGNORE), "MPI_Test") != CallResult::ok) {
      failed_ = true;
    } else if (complete) {
      advance();
    } else {
      return std::nullopt;
    }
  }
  if (failed_ || hash_bytes(bytes_) != header_[1]) return Broadcast{};
  return Broadcast{true, std::move(bytes_)};
}

}  // namespace exmc::runtime::mpi
