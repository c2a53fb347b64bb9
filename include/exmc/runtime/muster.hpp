#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "exmc/core/process.hpp"
#include "exmc/runtime/communicator.hpp"
#include "exmc/runtime/membership.hpp"
#include "exmc/runtime/message.hpp"

namespace exmc::runtime {

/// How a rank gets what is to be run.
class JobSource {
 public:
  virtual ~JobSource() = default;
  /// Reads the job. @return it, or what is wrong with it, as bytes for all ranks
  virtual std::string load() = 0;
  /// Takes the job from the bytes that a rank, maybe this one, loaded. @return what is wrong with it, where nobody can
  /// run it
  virtual std::optional<Ending> accept(const std::string& job) = 0;
  /// Has `send` send the job that this rank loaded to all others. @param bytes  how long it is
  virtual void share(const std::function<void()>& send, std::size_t bytes) {
    static_cast<void>(bytes);
    send();
  }
  /// What this rank says of itself, as far as it has the job accepted last.
  virtual std::string card() = 0;
};

/// The ranks at the moment the run can begin, as seen from one of them.
struct Muster {
  explicit Muster(Membership at_the_start) : members(std::move(at_the_start)) {}

  std::optional<Ending> ending;  ///< the run is over instead
  bool speaks = false;           ///< this rank is to say so: nobody else can
  Membership members;
  bool own_job = false;            ///< this rank loaded the job
  std::vector<std::string> cards;  ///< at the coordinator: of each living rank
  /// Of the ranks, in order, dead ones included; empty at a coordinator that does not know.
  std::vector<Process> places;
  std::vector<RankId> strangers;  ///< at the coordinator: ranks that do not know them
  std::string ready;              ///< what this rank told the coordinator
  std::deque<Message> early;      ///< that belong to the run
};

/// Gives the job to all ranks and gathers their cards at the coordinator, which is the lowest rank that lives: rank 0
/// loads the job and broadcasts it; ranks that this does not reach, because some rank dies meanwhile, are sent it.
/// Where the coordinator dies, the next one goes on with the job that it has, or loads it. Returns on the coordinator
/// when it has the cards of all that live, elsewhere when the coordinator said begin_run(). A rank that is not heard of
/// for `heartbeat_seconds` is killed by one on its host; where there is none, that ends the run.
[[nodiscard]] Muster muster(Communicator& ranks, JobSource& source, const std::function<std::string()>& interrupt,
                            double heartbeat_seconds);

/// The coordinator has the output: the others may begin.
/// @param strangers  are told the places
void begin_run(Communicator& ranks, const std::vector<Process>& places, const std::vector<RankId>& strangers);

}  // namespace exmc::runtime
