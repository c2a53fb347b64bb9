#include "voice.hpp"

namespace exmc::app {

std::optional<Terminal> Voice::terminal_now() const {
  if (!terminal) return std::nullopt;
  const auto now = find_terminal(launched);
  return now ? now : terminal;
}

Voice voice_of(const Options& options, bool launched) {
  if (options.quiet || options.progress == ProgressMode::off) return {options.quiet, options.strict, {}, launched};
  std::optional<Terminal> terminal = find_terminal(launched);
  if (!terminal && options.progress == ProgressMode::on) terminal = kAssumedTerminal;
  return {false, options.strict, terminal, launched};
}

}  // namespace exmc::app
