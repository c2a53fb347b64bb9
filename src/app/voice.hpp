#pragma once

#include <optional>

#include "command_line.hpp"
#include "terminal.hpp"

namespace exmc::app {

/// How a command speaks.
struct Voice {
  bool quiet = false, strict = false;
  std::optional<Terminal> terminal{};  ///< for what is written again and again in its place, instead of log lines
  bool launched = false;

  /// The terminal as it is now: its size may change.
  [[nodiscard]] std::optional<Terminal> terminal_now() const;
};

/// @param launched  by an MPI launcher, to which the terminal belongs then
[[nodiscard]] Voice voice_of(const Options& options, bool launched);

}  // namespace exmc::app
