#pragma once

#include <stdexcept>
#include <string>

#include "exmc/core/text.hpp"

namespace exmc {

/// What the process says to the shell. The meanings are part of the command line's contract.
enum class ExitCode : int {
  done = 0,
  defect = 1,         ///< a mistake in the program itself
  bad_input = 2,      ///< usage, config, model or data
  io_failed = 3,      ///< disk full, not writable, locked, unreadable
  cannot_sample = 4,  ///< no point of finite density found
  stopped = 5,        ///< by a signal or a limit; resumable
  being_written = 6,  ///< of --status alone: another process is at the file
};

/// A failure the user can act on: `what()` is one line that names what is wrong, where, and what was expected. Whatever
/// it quotes, a name in a stranger's model too, is made safe to print.
/// A defect of the program is a `std::logic_error` instead and never derives from this.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message)
      : std::runtime_error(printable(message, std::string::npos)), code_(code) {}
  [[nodiscard]] ExitCode code() const noexcept { return code_; }

 private:
  ExitCode code_;
};

/// Bad usage, config, model or data. `where` is "FILE: json.path" or as much of it as is known.
class InputError : public Error {
 public:
  explicit InputError(const std::string& message) : Error(ExitCode::bad_input, message) {}
  InputError(const std::string& where, const std::string& message) : InputError(where + ": " + message) {}
};

/// Reading or writing failed for a reason outside the program.
class IoError : public Error {
 public:
  explicit IoError(const std::string& message) : Error(ExitCode::io_failed, message) {}
};

/// The density gives a sampler nowhere to start.
class SamplingError : public Error {
 public:
  explicit SamplingError(const std::string& message) : Error(ExitCode::cannot_sample, message) {}
};

}  // namespace exmc
