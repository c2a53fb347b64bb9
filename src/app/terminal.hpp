#pragma once

#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>

namespace exmc::app {

/// A terminal that a person is likely to read as it is written to.
struct Terminal {
  std::FILE* stream;
  std::size_t columns, rows;
};

/// Standard error where that is a terminal, else standard output where that is one. Under a launcher that is asked of
/// the launcher's own: ours are pipes or pseudo-terminals then.
[[nodiscard]] std::optional<Terminal> find_terminal(bool launched);
/// What is written to where nothing is known of a terminal: standard error, 80 columns and 24 rows.
inline const Terminal kAssumedTerminal{stderr, 80, 24};

enum class Colour { red, yellow };

/// Says which of the process's outputs take colours: none where the environment sets NO_COLOR or TERM=dumb.
void choose_colours(bool launched);
/// The text in a colour where `stream`, standard output or error, takes colours; else as it is.
[[nodiscard]] std::string coloured(const std::string& text, Colour colour, std::FILE* stream);

}  // namespace exmc::app
