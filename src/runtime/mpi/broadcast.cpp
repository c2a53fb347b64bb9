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
  is_root_ = rank == root_;
  if (is_root_) header_ = {bytes_.size(), hash_bytes(bytes_)};
  begin_header();
}

void BroadcastInFlight::begin_header() {
  const int count = static_cast<int>(header_.size());
  if (check(MPI_Ibcast(header_.data(), count, MPI_UINT64_T, root_, comm_, &request_), "MPI_Ibcast") != CallResult::ok) {
    give_up();
  }
}

void BroadcastInFlight::begin_piece() {
  const auto count = static_cast<int>(std::min(kPiece, bytes_.size() - arrived_));
  if (check(MPI_Ibcast(bytes_.data() + arrived_, count, MPI_BYTE, root_, comm_, &request_), "MPI_Ibcast") !=
      CallResult::ok) {
    give_up();
  }
}

void BroadcastInFlight::begin_agreement() {
  contribution_ = step_ == Step::body && hash_bytes(bytes_) == header_[1] ? 1 : 0;
  agreed_ = contribution_;
  step_ = Step::agreement;
#ifdef EXMC_ULFM
  // A failure among the ranks is reported although the value is agreed on: it is looked at when the request completes.
  check(MPIX_Comm_iagree(comm_, &agreed_, &request_), "MPIX_Comm_iagree");
#else
  check(MPI_Iallreduce(&contribution_, &agreed_, 1, MPI_INT, MPI_MIN, comm_, &request_), "MPI_Iallreduce");
#endif
}

void BroadcastInFlight::give_up() {
#ifdef EXMC_ULFM
  check(MPIX_Comm_revoke(comm_), "MPIX_Comm_revoke");
#endif
  step_ = Step::header;
  begin_agreement();
}

void BroadcastInFlight::advance() {
  switch (step_) {
    case Step::header:
      bytes_.resize(header_[0]);
      step_ = Step::body;
      break;
    case Step::body:
      arrived_ += std::min(kPiece, bytes_.size() - arrived_);
      break;
    case Step::agreement:
    case Step::done:
      step_ = Step::done;
      return;
  }
  if (arrived_ < bytes_.size()) {
    begin_piece();
  } else {
    begin_agreement();
  }
}

std::optional<Broadcast> BroadcastInFlight::poll() {
  while (step_ != Step::done) {
    int complete = 0;
    const CallResult result = check(MPI_Test(&request_, &complete, MPI_STATUS_IGNORE), "MPI_Test");
    if (result != CallResult::ok) {
      if (step_ == Step::agreement) {
        agreed_ = 0;
        step_ = Step::done;
      } else {
        give_up();
      }
    } else if (complete) {
      advance();
    } else {
      return std::nullopt;
    }
  }
  return Broadcast{agreed_ == 1, std::move(bytes_)};
}

}  // namespace exmc::runtime::mpi
