#include "exmc/runtime/muster.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>
#include <utility>

#include "backoff.hpp"
#include "exmc/core/hash.hpp"
#include "exmc/runtime/beating.hpp"
#include "exmc/runtime/hang_watch.hpp"
#include "exmc/runtime/limits.hpp"
#include "exmc/runtime/run_rank.hpp"
#include "exmc/runtime/share.hpp"

namespace exmc::runtime {
namespace {

class Mustering {
 public:
  Mustering(Communicator& ranks, JobSource& source, double heartbeat_seconds)
      : ranks_(ranks),
        source_(source),
        limit_(heartbeat_seconds),
        watch_(ranks.size(), limit_, steady_seconds()),
        beats_(limit_),
        result_(Membership(ranks.rank(), ranks.size())) {
    result_.cards.resize(static_cast<std::size_t>(ranks.size()));
    for (RankId rank{0}; rank.value < ranks.size(); ++rank.value) {
      if (rank != ranks.rank()) awaited_.insert(awaited_.end(), rank);
    }
  }

  Muster run(const std::function<std::string()>& interrupt) {
    if (coordinates()) {
      load();
      source_.share([this] { share(ranks_, job_); }, job_.size());
    }
    for (Backoff backoff; !done(interrupt);) {
      if (turn()) {
        backoff.reset();
      } else {
        std::this_thread::sleep_for(backoff.next());
      }
    }
    if (coordinates()) result_.places = ranks_.places();
    for (Message& message : arrived_) result_.early.push_back(std::move(message));
    return std::move(result_);
  }

 private:
  [[nodiscard]] bool coordinates() const { return result_.members.coordinates(); }

  bool done(const std::function<std::string()>& interrupt) {
    if (result_.ending || begun_) return true;
    if (coordinates()) return awaited_.empty();
    if (!stop_deadline_ && !interrupt().empty()) stop_deadline_ = Clock::now() + kOrderedStopLimit;
    if (!stop_deadline_ || Clock::now() < *stop_deadline_) return false;
    result_.ending = Ending{ExitCode::stopped, interrupt(), false};
    return true;
  }

  bool turn() {
    keep_watch();
    const std::vector<RankId> dead = ranks_.take_dead();
    const bool changed = std::ranges::count_if(dead, [&](RankId rank) { return result_.members.died(rank); }) > 0;
    for (const RankId rank : dead) awaited_.erase(rank);
    if (changed) coordinator_changed();
    if (!dead.empty()) stop_awaiting();
    if (result_.ending) return changed;
    std::optional<Message> message = next_message();
    const bool any = message.has_value();
    if (any) dispatch(std::move(*message));
    return any || changed;
  }

  std::optional<Message> next_message() {
    if (arrived_.empty()) return ranks_.try_receive();
    Message message = std::move(arrived_.front());
    arrived_.pop_front();
    return message;
  }

  /// Reads or compiles, which may take long, while the others hear of this rank.
  void work(const std::function<void()>& task) {
    for (Message& message : work_beating(
             ranks_, limit_, [this] { beat(); }, task)) {
      arrived_.push_back(std::move(message));
    }
  }

  void beat() {
    if (coordinates()) {
      beat_to_all(ranks_);
    } else {
      ranks_.send(result_.members.coordinator(), MessageKind::alive, encode(Heartbeat{}));
    }
  }

  /// The coordinator looks after all, the others after the coordinator.
  void keep_watch() {
    const double now = steady_seconds();
    const bool asks = watch_.look(now);
    if (beats_.due(now)) beat();
    if (!asks) return;
    if (!coordinates()) {
      const RankId coordinator = result_.members.coordinator();
      if (watch_.hangs(coordinator)) hung(coordinator);
      return;
    }
    for (RankId rank{0}; rank.value < ranks_.size(); ++rank.value) {
      if (rank != ranks_.rank() && result_.members.alive(rank) && watch_.hangs(rank)) hung(rank);
    }
  }

  void hung(RankId rank) {
    const std::vector<Process>& places = ranks_.places();
    // Those that watch the coordinator hear of it alone.
    const auto answers = [&](RankId other) {
      return result_.members.alive(other) && (!coordinates() || watch_.answers(other));
    };
    const auto killer = killer_of(rank, ranks_.rank(), places, answers);
    const bool again = !condemned_.insert(rank).second;
    if (again || !killer || !ranks_.survives_deaths()) return give_up(rank, again);
    const Process& place = places[static_cast<std::size_t>(rank.value)];
    if (*killer == ranks_.rank()) {
      kill_process(place);
    } else if (coordinates()) {
      ranks_.send(*killer, MessageKind::kill, encode(place));
    }
  }

  void give_up(RankId rank, bool again) {
    const std::vector<Process>& places = ranks_.places();
    const std::string host = places.empty() ? "" : " (" + places[static_cast<std::size_t>(rank.value)].host + ")";
    const std::string why = again                       ? ", although it was to be killed"
                            : !ranks_.survives_deaths() ? ", and this MPI would end the run if it were killed"
                                                        : ", and no other rank on its host answers that could kill it";
    result_.ending = Ending{
        ExitCode::stopped,
        "rank " + std::to_string(rank.value) + host + " does not answer" + why + ": the run did not begin", false};
    result_.speaks = true;
  }

  void coordinator_changed() {
    watch_.start_again();
    if (coordinates() && job_.empty()) load();
    if (coordinates()) end_if_refused();
    report();
    for (Message& message : std::exchange(held_back_, {})) dispatch(std::move(message));
  }

  void load() {
    result_.own_job = true;
    std::string job;
    work([&] { job = source_.load(); });
    accept(std::move(job));
  }

  void accept(std::string job) {
    job_ = std::move(job);
    std::string card;
    work([&] {
      refusal_ = source_.accept(job_);
      job_hash_ = fnv1a(job_);
      card = source_.card();
    });
    if (coordinates()) end_if_refused();
    result_.ready = encode(Readiness{knows_places(), job_hash_, card});
    result_.cards[static_cast<std::size_t>(ranks_.rank().value)] = std::move(card);  // it may coordinate one day
  }

  [[nodiscard]] bool knows_places() const { return !ranks_.places().empty(); }

  /// The coordinator says what is wrong with the job, once; the others wait until it tells them that it did.
  void end_if_refused() {
    if (!refusal_) return;
    result_.ending = refusal_;
    result_.speaks = true;
  }

  /// Where a rank has died, the job no longer comes by a broadcast.
  void stop_awaiting() {
    if (std::exchange(awaits_share_, false)) report();
  }

  void join(const Message& share) {
    std::optional<std::string> job = join_share(ranks_, share);
    if (!awaits_share_) return;
    if (job) accept(*std::move(job));
    stop_awaiting();
  }

  /// Tells the coordinator which job this rank has, be it none.
  void report() {
    if (coordinates() || awaits_share_ || result_.ending) return;
    if (result_.ready.empty()) result_.ready = encode(Readiness{knows_places()});
    ranks_.send(result_.members.coordinator(), MessageKind::ready, result_.ready);
  }

  void dispatch(Message message) {
    watch_.heard(message.peer);
    if (message.kind == MessageKind::alive || message.kind == MessageKind::beat) return;
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
      take_ready(message.peer, decode_readiness(message.bytes));
    }
  }

  void take_ready(RankId rank, Readiness readiness) {
    if (readiness.job != job_hash_) return ranks_.send(rank, MessageKind::job, job_);
    if (awaited_.erase(rank) > 0 && !readiness.knows_places) result_.strangers.push_back(rank);
    result_.cards.at(static_cast<std::size_t>(rank.value)) = std::move(readiness.card);
  }

  void obey(Message message) {
    if (message.kind == MessageKind::finish) {
      result_.ending = decode_ending(message.bytes);
    } else if (message.kind == MessageKind::share) {
      join(message);
    } else if (message.kind == MessageKind::job) {
      accept(std::move(message.bytes));
      result_.own_job = false;
      report();
    } else if (message.kind == MessageKind::begin) {
      result_.places = message.bytes.empty() ? ranks_.places() : decode_places(message.bytes);
      result_.early = std::exchange(held_back_, {});
      begun_ = true;
    } else if (message.kind == MessageKind::kill) {
      kill_process(decode_process(message.bytes));
    }
  }

  using Clock = std::chrono::steady_clock;

  Communicator& ranks_;
  JobSource& source_;
  double limit_;
  HangWatch watch_;
  BeatClock beats_;
  std::set<RankId> condemned_;
  Muster result_;
  std::set<RankId> awaited_;  ///< at the coordinator: others that live and have not sent their card
  std::string job_;
  std::uint64_t job_hash_ = 0;
  std::optional<Ending> refusal_;  ///< what is wrong with it for all
  std::deque<Message> arrived_;    ///< while this rank was at work
  std::deque<Message> held_back_;
  bool awaits_share_ = true, begun_ = false;
  std::optional<Clock::time_point> stop_deadline_;
};

}  // namespace

Muster muster(Communicator& ranks, JobSource& source, const std::function<std::string()>& interrupt,
              double heartbeat_seconds) {
  return Mustering(ranks, source, heartbeat_seconds).run(interrupt);
}

void begin_run(Communicator& ranks, const std::vector<Process>& places, const std::vector<RankId>& strangers) {
  const std::set<RankId> to_be_told(strangers.begin(), strangers.end());
  for (RankId rank{0}; rank.value < ranks.size(); ++rank.value) {
    if (rank == ranks.rank()) continue;
    ranks.send(rank, MessageKind::begin, to_be_told.contains(rank) ? encode(places) : std::string());
  }
}

}  // namespace exmc::runtime
