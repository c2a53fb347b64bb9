#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "exmc/runtime/coordinator.hpp"
#include "exmc/runtime/membership.hpp"
#include "exmc/runtime/worker.hpp"

namespace exmc::runtime::testing {

/// A mistake put in on purpose, which the exploration has to find.
enum class Mistake : std::uint8_t {
  none,
  durable_is_not_told,      ///< copies are never released
  durable_is_told_early,    ///< when a block was received, before the flush
  state_before_its_draws,   ///< a flush writes the states first
  state_before_its_tuning,  ///< a flush writes the tuning last
  hands_on_undurable,       ///< a chain goes on elsewhere from a state that only memory has
  forgets_to_send_again,    ///< a worker tells a new coordinator what it has, and keeps it
  forgets_failures,         ///< a worker does not send again that its chain failed
  forgets_what_was_told,    ///< a new coordinator does not look at the events that the output has
  forgets_what_was_cut,     ///< it takes an output that ended with enough draws for one to go on with
  judges_what_is_there,     ///< all draws that there are, not those that were asked for
};

/// What is explored: a run small enough to try everything that can happen in it.
struct Scope {
  struct Failure {
    std::uint32_t chain = 0;
    std::uint64_t iteration = 0;  ///< that the chain cannot make
  };
  std::int32_t ranks = 3;
  std::uint32_t chains = 2;
  std::uint64_t draws = 2;    ///< of each chain, a block each; chain 0 has a block of warm-up before them
  std::size_t most_held = 2;  ///< blocks that a rank keeps before it waits
  int deaths = 2;
  bool share_tuning = true;
  bool may_be_stopped = false;
  bool broadcast_waits = false;  ///< it comes to nobody before all have joined it
  std::optional<Failure> failure{};
  std::uint64_t enough_at = 0;  ///< so many draws are enough; 0: nobody asks
  Mistake mistake = Mistake::none;
};

/// What every warm-up ends with.
inline const std::string kTuning = "T";

/// How the state of a chain that failed ends.
inline constexpr char kFailed = '!';

/// A protocol that does not keep its promise.
class Broken : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What survives every death: the rows of each chain and, written after them, where it goes on from.
struct Disk {
  struct Chain {
    std::map<std::uint64_t, std::string> rows;  ///< by iteration
    std::uint64_t iterations = 0;
    std::string state, tuning;
  };
  std::vector<Chain> chains;
  std::vector<RunEvent> events;
  std::uint64_t looked = 0;  ///< fewer draws are known not to be enough
  std::uint64_t cut = 0;     ///< not 0: closed with so many draws of each chain
};

/// The ranks of a run, what is on its way between them, and the disk, at one moment. Ranks take their decisions with
/// the functions that the program runs; what they do with a communicator, a file and a thread is done here to this
/// value.
class World {
 public:
  explicit World(const Scope& scope);

  struct Event {
    enum class Kind : std::uint8_t {
      deliver,          ///< the oldest message from `other` reaches `rank`
      notice,           ///< `rank` learns that `other` is dead
      produce,          ///< the sampling thread makes a block
      idle,             ///< it is done with its chain
      flush,            ///< the coordinator's time to flush has come
      judge,            ///< the draws that it asked about have been judged
      broadcast_comes,  ///< to `rank`
      broadcast_fails,
      stop,  ///< a signal reaches `rank`
      die,
      lose,  ///< what a dead rank sent to `rank` is lost
    };
    Kind kind;
    std::int32_t rank = 0, other = 0;
    int effects = 0;  ///< not 0: the rank dies after so many of the event's effects
  };

  [[nodiscard]] std::vector<Event> possible() const;
  /// Lets an event happen. @return how many effects it had
  int happen(const Event& event);
  /// Whether something goes on without a further death.
  [[nodiscard]] static bool moves(const Event& event);
  /// Where nothing moves any more. @throws Broken where not everything is done.
  void check_end() const;
  [[nodiscard]] std::string bytes() const;
  [[nodiscard]] int deaths() const { return deaths_; }
  [[nodiscard]] const Scope& scope() const { return scope_; }

 private:
  struct Task {
    ChainId chain;
    std::uint64_t iteration = 0;
    std::uint64_t until = 0;  ///< draws at which its turn ends; 0: it has no end
    std::string tuning;
    bool done = false;  ///< or failed, or the turn is over
  };
  /// Appended by a coordinator and not flushed.
  struct Buffer {
    std::map<std::uint64_t, std::string> rows;
    std::uint64_t iterations = 0;
    std::string state, tuning;
    bool dirty = false;
  };
  struct Rank {
    explicit Rank(Membership at_the_start) : members(std::move(at_the_start)) {}
    bool alive = true;
    Membership members;
    Worker worker;
    std::optional<Coordinator> coordinator;
    std::vector<Buffer> buffers;        ///< of the output, while it coordinates
    std::uint64_t asked = 0, kept = 0;  ///< draws that are being judged; those that the output is to keep
    std::deque<Task> tasks;
    bool stopping = false;  ///< its sampling thread
    bool in_broadcast = false;
    bool joined = false;         ///< the broadcast, be it over
    bool was_signalled = false;  ///< and told the coordinator there is
    std::deque<Message> to_self, held_back;
    std::optional<Ending> ending;
  };
  /// Thrown where a rank dies in the middle of an event.
  struct Died {};

  [[nodiscard]] bool gone(std::int32_t rank) const { return !ranks_[index(rank)].alive || ranks_[index(rank)].ending; }
  [[nodiscard]] static std::size_t index(std::int32_t rank) { return static_cast<std::size_t>(rank); }
  [[nodiscard]] std::deque<Message>& channel(std::int32_t from, std::int32_t to);
  [[nodiscard]] const std::deque<Message>& channel(std::int32_t from, std::int32_t to) const;
  [[nodiscard]] std::uint64_t iterations_of(std::uint32_t chain) const;
  [[nodiscard]] bool fails(std::uint32_t chain) const { return scope_.failure && scope_.failure->chain == chain; }
  /// The chain whose warm-up the others wait for.
  [[nodiscard]] std::uint32_t warmer() const { return fails(0) && scope_.failure->iteration == 0 ? 1 : 0; }
  /// How the run ends that was not stopped.
  [[nodiscard]] ExitCode finished_code() const { return scope_.failure ? ExitCode::cannot_sample : ExitCode::done; }
  /// Draws of each chain in the output of a run that was not stopped.
  [[nodiscard]] std::uint64_t draws_in_the_end() const {
    return scope_.enough_at > 0 ? std::min(scope_.enough_at, scope_.draws) : scope_.draws;
  }
  [[nodiscard]] bool broadcast_can_come() const;
  [[nodiscard]] bool warms_up(std::uint32_t chain) const { return chain == warmer() || !scope_.share_tuning; }

  void effect();
  void react(std::int32_t self, const Event& event);
  void settle(std::int32_t self);
  void dispatch(std::int32_t self, Message message);
  void coordinate(std::int32_t self, const Message& message);
  void obey(std::int32_t self, const Message& message);
  void perform(std::int32_t self, Coordinator::Actions actions);
  void perform(std::int32_t self, Worker::Actions actions);
  void send(std::int32_t from, RankId to, MessageKind kind, std::string bytes);
  void begin(std::int32_t self);
  void follow(std::int32_t self);
  void produce(std::int32_t self);
  void record(const RunEvent& event);
  void append(std::int32_t self, const Block& block);
  void ask(std::int32_t self, const JudgeDraws& judge);
  void answer(std::int32_t self);
  void cut(std::uint64_t draws);
  void flush(std::int32_t self);
  void write_rows(std::int32_t self);
  void write_tunings(std::int32_t self);
  void write_states(std::int32_t self);
  void write(std::int32_t self);
  void finish(std::int32_t self, Ending ending);
  void die(std::int32_t self);

  Scope scope_;
  std::vector<Rank> ranks_;
  std::vector<std::deque<Message>> channels_;
  Disk disk_;
  bool broadcast_begun_ = false;
  bool signalled_ = false;
  int deaths_ = 0;
  int effects_ = 0, effects_allowed_ = 0;
};

}  // namespace exmc::runtime::testing
