#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "exmc/core/ids.hpp"

namespace exmc::runtime {

/// Something that happened to a run or its ranks: a row in the output, and a line in the log unless it is routine.
struct RunEvent {
  enum class Kind : std::uint8_t {
    death,       ///< a rank is known to be dead
    reassigned,  ///< a chain was handed to a rank after the one that ran it died
    resumed,     ///< that chain's first iterations came from there
    takeover,    ///< a rank became the coordinator
    hung,        ///< a rank did not answer for too long and is killed
    stopping,    ///< the run was asked to stop
    begun,       ///< the run begins with a new output
    continued,   ///< or goes on with one that is there
    ended,       ///< the output is closed
    started,     ///< a chain was handed to a rank as planned
    completed,   ///< a chain has all of its draws
    failed,      ///< a chain cannot go on
    learned,     ///< a warm-up ended: what it learned
    enough,      ///< fewer draws than were asked for are enough
  };
  Kind kind = Kind::death;
  double time = 0;   ///< seconds since 1970, UTC; set where the event is carried out
  RankId rank;       ///< to which it happened; -1: the whole run
  std::string host;  ///< of that rank; empty where it is not known
  std::optional<ChainId> chain;
  std::uint64_t iteration = 0;  ///< of the chain's life, from which on it goes on elsewhere
  std::string text;             ///< what happened and what was done, for people
};

/// Whether it is what happens in every run.
[[nodiscard]] bool is_routine(RunEvent::Kind kind);

/// "death", "reassigned", ...
[[nodiscard]] const char* name(RunEvent::Kind kind);
/// The kind of that name.
[[nodiscard]] std::optional<RunEvent::Kind> kind_of(std::string_view name);

/// What was told of a run, so that a coordinator that takes over tells nothing twice.
struct Told {
  struct Chain {
    bool given = false;     ///< to a rank
    bool awaited = false;   ///< it was handed on after a death, and nothing has come from there yet
    bool complete = false;  ///< by the rank that it was given to last
    bool failed = false;    ///< the same
  };
  std::set<RankId> deaths, hangs;
  std::map<ChainId, Chain> chains;
  bool stopping = false, enough = false;
};

/// @param events  in order; those before the last `begun` or `continued` are another run's
[[nodiscard]] Told told_by(const std::vector<RunEvent>& events);

}  // namespace exmc::runtime
