#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "exmc/core/error.hpp"
#include "exmc/core/ids.hpp"
#include "exmc/runtime/pulse.hpp"
#include "exmc/runtime/run_event.hpp"

namespace exmc::runtime {

/// Consecutive iterations of one chain, as they travel from the rank that sampled them to the writer. The runtime moves
/// rows without looking into them: what a row holds is between the task that fills and the sink that writes it. Blocks
/// are idempotent: the iterations [begin, end) of a chain have the same rows whoever sampled them.
struct Block {
  ChainId chain;
  std::uint64_t begin = 0, end = 0;  ///< iterations of the chain's whole life (warm-up, settling, sampling), from 0
  bool warmup = false;               ///< rows of /warmup_* (settling included) rather than of /posterior
  std::uint64_t first = 0;           ///< number of the first row within its group
  std::uint64_t rows = 0;            ///< fewer than end - begin where iterations are not saved
  std::vector<double> values;        ///< rows x width, row-major
  std::string state;                 ///< the chain's state after the last iteration, encoded by the task
  std::string tuning;                ///< the encoded tuning, in the block that ends a warm-up of the chain's own
};

/// Where a chain stands, for progress lines.
struct ChainProgress {
  std::string stage;  ///< "warmup", "settling", "sampling", "complete"
  std::uint64_t iteration = 0, iterations = 0;
  std::uint64_t divergences = 0;  ///< while sampling
  double step_size = 0;
  double gradients = 0;  ///< per iteration of the stage, as far as this rank ran it; 0: not known
};

/// Thrown by a task, or by the factory that makes one: this chain cannot go on, others may.
class ChainFailed : public SamplingError {
 public:
  /// @param state  kept in place of the chain's: it tells that the chain failed, and of what a later run tries instead
  ChainFailed(const std::string& reason, std::string state) : SamplingError(reason), state_(std::move(state)) {}
  [[nodiscard]] const std::string& state() const { return state_; }

 private:
  std::string state_;
};

/// One chain at work on this rank.
class ChainTask {
 public:
  virtual ~ChainTask() = default;
  /// Runs iterations until `enough(bytes so far)` says so, at least one, never across the end of the warm-up; appends
  /// what is to be saved to `block`, an empty one, and sets all its fields. False once the chain is complete, also when
  /// it was so before (then nothing is run). @throws ChainFailed where it cannot go on.
  virtual bool advance(Block& block, const std::function<bool(std::size_t bytes)>& enough) = 0;
  [[nodiscard]] virtual ChainProgress progress() const = 0;
};

/// Makes chains; called on the sampling thread. `tuning` is empty for a chain that warms itself up (or is still at it);
/// `state` is empty for a chain that starts from its beginning. A state from after a warm-up of the chain's own goes
/// with the tuning of that warm-up.
class ChainFactory {
 public:
  virtual ~ChainFactory() = default;
  /// @param pulse  beats with every gradient of the chain; outlives it. @throws ChainFailed where it finds no start.
  virtual std::unique_ptr<ChainTask> make(ChainId chain, const std::string& tuning, const std::string& state,
                                          Pulse& pulse) = 0;
};

/// What an output has of one chain, durably: where the chain goes on from.
struct RecoveredChain {
  std::uint64_t iterations = 0;  ///< of the chain's whole life
  std::string state;             ///< after them; empty: the chain starts from its beginning
  std::string tuning;            ///< where `state` is from after a warm-up of the chain's own
  bool complete = false;
  ChainProgress progress;
  std::uint64_t draws = 0;  ///< of the iterations, those that were saved as draws
  std::string failure{};    ///< not empty: why it cannot go on; `state` says so too
};

/// Whether the first draws of all chains are enough, so that the run may end with them.
struct Verdict {
  std::uint64_t draws = 0;  ///< of each chain that were looked at
  bool enough = false;
  std::string text;  ///< how far they are, for people
};

/// What is in an output already, for a run that goes on with it: all of it durable. Nothing for a new output.
struct Recovered {
  std::vector<RecoveredChain> chains;  ///< none, or one for each chain of the run
  std::string tuning;                  ///< the shared one; empty: not there yet
  std::vector<RunEvent> events;        ///< all that the output tells of, in order
  std::uint32_t warmed_by = 0;         ///< the chain whose warm-up the shared tuning is from
  std::uint64_t looked = 0;            ///< fewer draws than so many are known not to be enough
};

/// Where the coordinator's blocks go. Called by one thread only.
class DrawSink {
 public:
  virtual ~DrawSink() = default;
  /// What the output had when this sink was opened on it.
  [[nodiscard]] virtual Recovered recovered() const = 0;
  /// The shared tuning. Durable when this returns: only then is it broadcast.
  virtual void tuned(const std::string& tuning) = 0;
  virtual void append(const Block& block) = 0;
  /// Makes everything appended so far durable (fsync). @return rows written in all, over the chains.
  virtual std::uint64_t flush() = 0;
  /// Begins to find out whether the first `draws` draws of these chains, all of them appended, are enough; in the
  /// background, one question at a time.
  virtual void judge(const std::vector<ChainId>& chains, std::uint64_t draws) = 0;
  /// The answer, once, as soon as it is there.
  virtual std::optional<Verdict> verdict() = 0;
  /// The output is to hold no more than the draws of this verdict once finish() has returned.
  virtual void keep(const Verdict& enough) = 0;
  /// Keeps an event with the output, where it has room; not necessarily durable.
  virtual void record(const RunEvent& event) = 0;
  /// Closes the output; `complete` when every chain is. Nothing is called afterwards. @return as flush()
  virtual std::uint64_t finish(bool complete) = 0;
};

}  // namespace exmc::runtime
