#include "mpi_communicator.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <numeric>
#include <thread>
#include <utility>

#include "crash_guard.hpp"
#include "exmc/core/fault_point.hpp"
#include "exmc/runtime/share.hpp"
#include "exmc/runtime/watchdog.hpp"

namespace exmc::runtime::mpi {
namespace {

constexpr std::chrono::milliseconds kPause{1};
constexpr std::chrono::seconds kStoppedLimit{1};
constexpr int kLooksInVain = 8;
/// Of a rank that waits for its turn, an eighth of the time it has waited: many of a host wait for each other.
constexpr std::chrono::milliseconds kLongestTurnPause{8};

const LeaveLimits& limits_of(ExitCode code) { return code == ExitCode::stopped ? kLeavingStopped : kLeaving; }

[[noreturn]] void end_process(ExitCode code) {
  std::fflush(nullptr);
  std::_Exit(static_cast<int>(code));
}

}  // namespace

MpiCommunicator::MpiCommunicator(BroadcastGuard guard)
    : guard_(std::move(guard)), survives_deaths_(fault_tolerance_active()) {
  check(MPI_Comm_rank(MPI_COMM_WORLD, &rank_.value), "MPI_Comm_rank");
  check(MPI_Comm_size(MPI_COMM_WORLD, &size_), "MPI_Comm_size");
  departure_.emplace(rank_, size_);
  fault_point(FaultPhase::places);
  make_messages();
  exchange_places();
}

/// By MPIX_Comm_shrink, which gets along with ranks that are dead already. One that dies within may crash the others.
void MpiCommunicator::make_messages() {
  const CrashGuard guard(rank_);
#ifdef EXMC_ULFM
  const CallResult made = survives_deaths_ ? check(MPIX_Comm_shrink(MPI_COMM_WORLD, &messages_), "MPIX_Comm_shrink")
                                           : check(MPI_Comm_dup(MPI_COMM_WORLD, &messages_), "MPI_Comm_dup");
#else
  const CallResult made = check(MPI_Comm_dup(MPI_COMM_WORLD, &messages_), "MPI_Comm_dup");
#endif
  if (made != CallResult::ok) throw IoError("a rank died while the ranks met");
  check(MPI_Comm_set_errhandler(messages_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  MPI_Group all = MPI_GROUP_NULL, members = MPI_GROUP_NULL;
  check(MPI_Comm_group(MPI_COMM_WORLD, &all), "MPI_Comm_group");
  check(MPI_Comm_group(messages_, &members), "MPI_Comm_group");
  std::vector<int> numbers(static_cast<std::size_t>(size_));
  std::iota(numbers.begin(), numbers.end(), 0);
  member_of_.resize(numbers.size());
  check(MPI_Group_translate_ranks(all, size_, numbers.data(), members, member_of_.data()), "MPI_Group_translate_ranks");
  for (const int number : numbers) {
    if (member_of_[static_cast<std::size_t>(number)] != MPI_UNDEFINED) of_member_.push_back({number});
  }
  check(MPI_Group_free(&all), "MPI_Group_free");
  check(MPI_Group_free(&members), "MPI_Group_free");
}

void MpiCommunicator::exchange_places() {
  struct Place {
    std::array<char, 256> host{};
    std::int64_t pid = 0, start = 0;
  };
  const Process self = this_process();
  Place mine{{}, self.pid, self.start};
  self.host.copy(mine.host.data(), mine.host.size() - 1);
  std::vector<Place> all(static_cast<std::size_t>(size_));
  const CallResult result = check(
      MPI_Allgather(&mine, sizeof mine, MPI_BYTE, all.data(), sizeof mine, MPI_BYTE, MPI_COMM_WORLD), "MPI_Allgather");
  if (result != CallResult::ok) return;
  for (const Place& place : all) places_.push_back({place.host.data(), place.pid, place.start});
}

void MpiCommunicator::send_piece(int member, MessageKind kind, std::string piece) {
  Outgoing& next = outgoing_.emplace_back(Outgoing{std::move(piece)});
  const CallResult result = check(MPI_Isend(next.bytes.data(), static_cast<int>(next.bytes.size()), MPI_BYTE, member,
                                            static_cast<int>(kind), messages_, &next.request),
                                  "MPI_Isend");
  if (result != CallResult::ok) outgoing_.pop_back();
}

void MpiCommunicator::send(RankId to, MessageKind kind, std::string bytes) {
  if (to == rank_) {
    to_self_.push_back({kind, rank_, std::move(bytes)});
    return;
  }
  const int member = member_of_.at(static_cast<std::size_t>(to.value));
  if (dead_.contains(to) || member == MPI_UNDEFINED) return;
  for (std::string& piece : split_message(bytes)) send_piece(member, kind, std::move(piece));
}

/// Looks at some of those that are under way, in turn, and goes on as long as some are complete: a look at all of them
/// for each message that comes would cost as much as ranks are slow to take theirs.
void MpiCommunicator::complete_sends() {
  int in_vain = 0;
  for (std::size_t left = outgoing_.size(); left > 0 && in_vain < kLooksInVain; --left) {
    int complete = 0;
    const CallResult result = check(MPI_Test(&outgoing_.front().request, &complete, MPI_STATUS_IGNORE), "MPI_Test");
    if (complete || result != CallResult::ok) {
      outgoing_.pop_front();
    } else {
      outgoing_.splice(outgoing_.end(), outgoing_, outgoing_.begin());
      ++in_vain;
    }
  }
}

void MpiCommunicator::match_next() {
  int found = 0;
  MPI_Message handle = MPI_MESSAGE_NULL;
  MPI_Status status;
  const CallResult probed =
      check(MPI_Improbe(MPI_ANY_SOURCE, MPI_ANY_TAG, messages_, &found, &handle, &status), "MPI_Improbe");
  if (probed != CallResult::ok || !found) return;
  int count = 0;
  check(MPI_Get_count(&status, MPI_BYTE, &count), "MPI_Get_count");
  Message message{static_cast<MessageKind>(status.MPI_TAG), of_member_.at(static_cast<std::size_t>(status.MPI_SOURCE)),
                  std::string(count, '\0')};
  Incoming& next = incoming_.emplace(Incoming{std::move(message), MPI_REQUEST_NULL});
  const CallResult begun =
      check(MPI_Imrecv(next.message.bytes.data(), count, MPI_BYTE, &handle, &next.request), "MPI_Imrecv");
  if (begun != CallResult::ok) incoming_.reset();
}

std::optional<Message> MpiCommunicator::receive_piece() {
  if (!incoming_) match_next();
  if (!incoming_) return std::nullopt;
  int complete = 0;
  const CallResult result = check(MPI_Test(&incoming_->request, &complete, MPI_STATUS_IGNORE), "MPI_Test");
  if (result != CallResult::ok) incoming_.reset();
  if (result != CallResult::ok || !complete) return std::nullopt;
  Message piece = std::move(incoming_->message);
  incoming_.reset();
  return piece;
}

std::optional<Message> MpiCommunicator::try_receive() {
  complete_sends();
  if (!to_self_.empty()) {
    Message message = std::move(to_self_.front());
    to_self_.pop_front();
    return message;
  }
  while (std::optional<Message> piece = receive_piece()) {
    if (piece->kind == MessageKind::departure) {
      if (piece->bytes.size() > sizeof(std::uint64_t)) in_disorder_ = true;
      departure_->heard(piece->peer);
      continue;
    }
    std::optional<std::string> bytes = assemblies_[piece->peer].add(piece->bytes);
    if (!bytes) continue;
    piece->bytes = std::move(*bytes);
    return piece;
  }
  return std::nullopt;
}

void MpiCommunicator::look_for_dead() {
#ifdef EXMC_ULFM
  MPI_Group failed = MPI_GROUP_NULL, all = MPI_GROUP_NULL;
  check(MPIX_Comm_get_failed(MPI_COMM_WORLD, &failed), "MPIX_Comm_get_failed");
  int count = 0;
  check(MPI_Group_size(failed, &count), "MPI_Group_size");
  if (static_cast<std::size_t>(count) != dead_.size()) {
    check(MPI_Comm_group(MPI_COMM_WORLD, &all), "MPI_Comm_group");
    for (int member = 0; member < count; ++member) {
      RankId dead;
      check(MPI_Group_translate_ranks(failed, 1, &member, all, &dead.value), "MPI_Group_translate_ranks");
      if (dead_.insert(dead).second) newly_dead_.push_back(dead);
    }
    check(MPI_Group_free(&all), "MPI_Group_free");
  }
  if (failed != MPI_GROUP_EMPTY) check(MPI_Group_free(&failed), "MPI_Group_free");
#endif
}

std::vector<RankId> MpiCommunicator::take_dead() {
  look_for_dead();
  return std::exchange(newly_dead_, {});
}

/// Those that wait for this rank's departure would hear of its end late, or never: the launcher need not call a process
/// dead that ended with an error.
void MpiCommunicator::tell_of_disorder() {
  for (RankId rank{0}; rank.value < size_; ++rank.value) {
    if (rank != rank_) send(rank, MessageKind::departure, "in disorder");
  }
}

bool MpiCommunicator::leave_in_order() {
  const auto pause = [this] {
    while (const std::optional<Message> late = try_receive()) {  // its sender waits to be rid of it
      // Others are in the broadcast already where word of the run's end was faster than that of its beginning.
      if (late->kind == MessageKind::share) static_cast<void>(join_share(*this, *late));
    }
    std::this_thread::sleep_for(kPause);
  };
  for (complete_sends(); !outgoing_.empty(); complete_sends()) pause();
  while (!departure_->over() || !outgoing_.empty()) {
    for (const RankId rank : departure_->due()) send(rank, MessageKind::departure, {});
    if (!take_dead().empty() || in_disorder_) return false;
    pause();
  }
  check(MPI_Finalize(), "MPI_Finalize");
  return true;
}

/// The launcher would wait for a rank that is stopped, maybe for ever. All others leave by themselves, under watchdogs.
void MpiCommunicator::end_stopped_ranks() const {
  std::vector<Process> stopped;
  std::ranges::copy_if(places_, std::back_inserter(stopped), is_stopped);
  if (stopped.empty()) return;
  std::this_thread::sleep_for(kStoppedLimit);  // a job that goes on after it was suspended wakes up bit by bit
  for (const Process& process : stopped) {
    if (is_stopped(process)) kill_process(process);
  }
}

Limit MpiCommunicator::turn_limit(ExitCode code) const {
  if (code == ExitCode::stopped || places_.empty()) return limits_of(code).turn;
  const auto self = places_.begin() + rank_.value;
  const auto lower = std::count_if(places_.begin(), self, [&](const Process& p) { return p.host == self->host; });
  return limits_of(code).turn + lower * kTurnOfEach;
}

void MpiCommunicator::await_turn(Limit limit) const {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  const auto launcher = getppid();
  for (std::size_t lower = places_.empty() ? 0 : static_cast<std::size_t>(rank_.value); lower-- > 0;) {
    while (exists(places_[lower]) && getppid() == launcher && Clock::now() - start < limit) {
      const auto pause = std::chrono::duration_cast<std::chrono::milliseconds>((Clock::now() - start) / 8);
      std::this_thread::sleep_for(std::clamp(pause, kPause, kLongestTurnPause));
    }
  }
}

bool MpiCommunicator::meet_survivors([[maybe_unused]] Limit limit) {
#ifdef EXMC_ULFM
  const auto deadline = std::chrono::steady_clock::now() + limit;
  const auto wait = [deadline] {
    std::this_thread::sleep_for(kPause);
    return std::chrono::steady_clock::now() < deadline;
  };
  for (complete_sends(); !outgoing_.empty() && wait(); complete_sends()) {
  }
  int agreed = 1, complete = 0;
  MPI_Request request = MPI_REQUEST_NULL;
  CallResult result = check(MPIX_Comm_iagree(messages_, &agreed, &request), "MPIX_Comm_iagree");
  while (result == CallResult::ok && !complete) {
    if (!wait()) return false;
    result = check(MPI_Test(&request, &complete, MPI_STATUS_IGNORE), "MPI_Test");
  }
  return true;  // an agreement over deaths is an error and over all the same
#else
  return true;
#endif
}

void MpiCommunicator::leave(ExitCode code, bool clean) {
  fault_point(FaultPhase::leaving);
  const Limit turn = turn_limit(code);
  const Watchdog guard(kLeaveLimit + turn, [this, code] {
    end_stopped_ranks();
    end_process(code);
  });
  look_for_dead();
  if (!clean && dead_.empty()) tell_of_disorder();
  const bool in_order = clean && dead_.empty() && leave_in_order();
  if (!in_order && !meet_survivors(limits_of(code).meeting)) end_stopped_ranks();
  if (code != ExitCode::done) await_turn(turn);
  if (!in_order) end_process(code);
}

}  // namespace exmc::runtime::mpi
