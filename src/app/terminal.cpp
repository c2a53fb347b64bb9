#include "terminal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace exmc::app {
namespace {

bool output_has_colours = false, error_has_colours = false;

}  // namespace

bool output_is_terminal(bool launched) {
  if (!launched) return isatty(STDOUT_FILENO) == 1;
  const std::string path = "/proc/" + std::to_string(getppid()) + "/fd/1";
  const int descriptor = open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return false;
  const bool terminal = isatty(descriptor) == 1;
  close(descriptor);
  return terminal;
}

void choose_colours(bool launched) {
  const char* const terminal = std::getenv("TERM");
  const char* const unwanted = std::getenv("NO_COLOR");
  const bool wanted =
      (unwanted == nullptr || *unwanted == '\0') && terminal != nullptr && std::string_view(terminal) != "dumb";
  output_has_colours = wanted && output_is_terminal(launched);
  error_has_colours = wanted && isatty(STDERR_FILENO) == 1;
}

std::string coloured(const std::string& text, Colour colour, std::FILE* stream) {
  if (!(stream == stdout ? output_has_colours : error_has_colours)) return text;
  return (colour == Colour::red ? "\033[31m" : "\033[33m") + text + "\033[0m";
}

}  // namespace exmc::app
