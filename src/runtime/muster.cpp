#include "exmc/runtime/muster.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "backoff.hpp"
#include "exmc/runtime/run_rank.hpp"
#include "exmc/runtime/wire.hpp"

namespace exmc::runtime {
namespace {

/// How long a rank that was asked to stop waits for the run to begin, so that it can end in order.
constexpr std::chrono::milliseconds kStopLimit{4500};

class Mustering {
 public:
  Mustering(Communicator& ranks, JobSource& source)
      : ranks_(ranks), source_(source), result_(Membership(ranks.rank(), ranks.size())) {
    result_.cards.resize(static_cast<std::size_t>(ranks.size()));
  }

  Muster run(const std::function<std::string()>& interrupt) {
    if (coordinates()) load();
    ranks_.begin_broadcast(RankId{0}, coordinates() ? job_ : std::string());
    for (Backoff backoff; !done(interrupt);) {
      if (turn()) {
        backoff.reset();
      } else {
        std::this_thread::sleep_for(backoff.next());
      }
    }
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool coordinates() const { return result_.members.coordinates(); }

  bool done(const std::function<std::string()>& interrupt) {
    if (result_.ending) return !broadcasting_;  // a pending broadcast would keep the ranks from leaving in order
    if (begun_) return true;
    if (coordinates()) return !broadcasting_ && all_ready();
    if (!stop_deadline_ && !interrupt().empty()) stop_deadline_ = Clock::now() + kStopLimit;
    if (!stop_deadline_ || Clock::now() < *stop_deadline_) return false;
    result_.ending = Ending{ExitCode::stopped, interrupt(), false};
    return true;
  }

  [[nodiscard]] bool all_ready() const {
    for (std::size_t rank = 0; rank < result_.cards.size(); ++rank) {
      const RankId id{static_cast<std::int32_t>(rank)};
      if (id != ranks_.rank() && result_.members.alive(id) && result_.cards[rank].empty()) return false;
    }
    return true;
  }

  bool turn() {
    const std::vector<RankId> dead = ranks_.take_dead();
    const bool changed = std::ranges::count_if(dead, [&](RankId rank) { return result_.members.died(rank); }) > 0;
    if (changed) coordinator_changed();
    const std::optional<Broadcast> outcome = ranks_.poll_broadcast();
    if (outcome) {
      broadcasting_ = false;
      if (outcome->arrived && !coordinates()) accept(outcome->bytes);
      report();
    }
    if (result_.ending) return outcome.has_value();
    std::optional<Message> message = ranks_.try_receive();
    const bool any = message.has_value();
    if (any) dispatch(std::move(*message));
    return any || changed || outcome;
  }

  void coordinator_changed() {
    if (coordinates() && job_.empty()) load();
    report();
    for (Message& message : std::exchange(held_back_, {})) dispatch(std::move(message));
  }

  void load() {
    result_.own_job = true;
    accept(source_.load());
  }

  void accept(std::string job) {
    job_ = std::move(job);
    result_.ending = source_.accept(job_);
    result_.ready = Encoder().put(hash_bytes(job_)).put(source_.card()).take();
    if (coordinates()) result_.cards[static_cast<std::size_t>(ranks_.rank().value)] = source_.card();
  }

  /// Tells the coordinator which job this rank has, be it none.
  void report() {
    if (coordinates() || broadcasting_ || result_.ending) return;
    if (result_.ready.empty()) result_.ready = Encoder().put(std::uint64_t{0}).put(std::string()).take();
    ranks_.send(result_.members.coordinator(), MessageKind::ready, result_.ready);
  }

  void dispatch(Message message) {
    switch (result_.members.route(message.peer, message.kind)) {
      case Membership::Route::coordinator:
        coordinate(std::move(message));
        break;
      case Membership::Route::worker:
        obey(std::move(message));
        break;
      case Membership::Route::later:
        held_back_.push_back(std::move(message));
        break;
      case Membership::Route::never:
        break;
    }
  }

  void coordinate(Message message) {
    if (message.kind == MessageKind::finish) {
      result_.ending = decode_ending(message.bytes);
    } else if (message.kind != MessageKind::ready) {
      result_.early.push_back(std::move(message));  // of a rank whose run has begun, under a coordinator that died
    } else {
      Decoder in(message.bytes);
      const bool same_job = in.get<std::uint64_t>() == hash_bytes(job_);
      if (same_job) result_.cards.at(static_cast<std::size_t>(message.peer.value)) = in.get_text();
      if (!same_job) ranks_.send(message.peer, MessageKind::job, job_);
    }
  }

  void obey(Message message) {
    if (message.kind == MessageKind::finish) {
      result_.ending = decode_ending(message.bytes);
    } else if (message.kind == MessageKind::job) {
      accept(std::move(message.bytes));
      result_.own_job = false;
      report();
    } else if (message.kind == MessageKind::begin) {
      result_.places = decode_places(message.bytes);
      result_.early = std::exchange(held_back_, {});
      begun_ = true;
    }
  }

  using Clock = std::chrono::steady_clock;

  Communicator& ranks_;
  JobSource& source_;
  Muster result_;
  std::string job_;
  std::deque<Message> held_back_;
  bool broadcasting_ = true, begun_ = false;
  std::optional<Clock::time_point> stop_deadline_;
};

}  // namespace

Muster muster(Communicator& ranks, JobSource& source, const std::function<std::string()>& interrupt) {
  return Mustering(ranks, source).run(interrupt);
}

void begin_run(Communicator& ranks, const std::vector<Process>& places) {
  send_to_others(ranks, MessageKind::begin, encode(places));
}

}  // namespace exmc::runtime
