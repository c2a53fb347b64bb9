#pragma once

#include <cstdio>
#include <string>

namespace exmc::app {

/// Whether a person is likely to read standard output as it comes. Under a launcher that is asked of the launcher's own
/// output: ours is always a pseudo-terminal then.
[[nodiscard]] bool output_is_terminal(bool launched);

enum class Colour { red, yellow };

/// Says which of the process's outputs take colours: none where the environment sets NO_COLOR or TERM=dumb.
void choose_colours(bool launched);
/// The text in a colour where `stream`, standard output or error, takes colours; else as it is.
[[nodiscard]] std::string coloured(const std::string& text, Colour colour, std::FILE* stream);

}  // namespace exmc::app
