#include "terminal.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace exmc::app {
namespace {

bool output_has_colours = false, error_has_colours = false;

constexpr std::size_t kUsualColumns = 80;

/// The columns of the terminal that a standard file is; none where it is no terminal.
std::optional<std::size_t> columns_of(int file, bool launched) {
  if (!launched && isatty(file) != 1) return std::nullopt;
  const std::string path = launched ? "/proc/" + std::to_string(getppid()) + "/fd/" + std::to_string(file)
                                    : "/dev/fd/" + std::to_string(file);
  const int descriptor = open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return launched ? std::nullopt : std::optional(kUsualColumns);
  std::optional<std::size_t> columns;
  if (isatty(descriptor) == 1) {
    winsize size{};
    columns = ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsualColumns;
  }
  close(descriptor);
  return columns;
}

}  // namespace

std::optional<Terminal> find_terminal(bool launched) {
  if (const auto columns = columns_of(STDERR_FILENO, launched)) return Terminal{stderr, *columns};
  if (const auto columns = columns_of(STDOUT_FILENO, launched)) return Terminal{stdout, *columns};
  return std::nullopt;
}

void choose_colours(bool launched) {
  const char* const terminal = std::getenv("TERM");
  const char* const unwanted = std::getenv("NO_COLOR");
  const bool wanted =
      (unwanted == nullptr || *unwanted == '\0') && terminal != nullptr && std::string_view(terminal) != "dumb";
  output_has_colours = wanted && columns_of(STDOUT_FILENO, launched).has_value();
  error_has_colours = wanted && isatty(STDERR_FILENO) == 1;
}

std::string coloured(const std::string& text, Colour colour, std::FILE* stream) {
  if (!(stream == stdout ? output_has_colours : error_has_colours)) return text;
  return (colour == Colour::red ? "\033[31m" : "\033[33m") + text + "\033[0m";
}

}  // namespace exmc::app
