#include "terminal.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>

namespace exmc::app {
namespace {

bool output_has_colours = false, error_has_colours = false;

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// What a process was started with says that it is a rank, or what a rank runs in.
bool is_of_a_rank(pid_t process) {
  const std::string environment = '\0' + contents("/proc/" + std::to_string(process) + "/environ");
  for (const char* name : {"OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "SLURM_PROCID"}) {
    if (environment.find('\0' + std::string(name) + '=') != std::string::npos) return true;
  }
  return false;
}

/// 0 where it cannot be told.
pid_t parent_of(pid_t process) {
  const std::string status = contents("/proc/" + std::to_string(process) + "/stat");
  const std::size_t name_end = status.rfind(')');  // then the state and the parent
  return name_end == std::string::npos ? 0
                                       : static_cast<pid_t>(std::strtol(status.c_str() + name_end + 3, nullptr, 10));
}

/// The nearest ancestor that is none of a rank's: a script of the user may stand between the launcher and this.
pid_t launcher_process() {
  pid_t process = getppid();
  while (process > 1 && is_of_a_rank(process)) process = parent_of(process);
  return process;
}

/// A standard file of the program, or of its launcher, where that is a terminal.
std::optional<Terminal> terminal_at(int file, bool launched) {
  if (!launched && isatty(file) != 1) return std::nullopt;
  const Terminal usual{file == STDERR_FILENO ? stderr : stdout, kAssumedTerminal.columns, kAssumedTerminal.rows};
  const std::string path = launched ? "/proc/" + std::to_string(launcher_process()) + "/fd/" + std::to_string(file)
                                    : "/dev/fd/" + std::to_string(file);
  const int descriptor = open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return launched ? std::nullopt : std::optional(usual);
  std::optional<Terminal> found;
  if (isatty(descriptor) == 1) {
    found = usual;
    winsize size{};
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
      found->columns = size.ws_col;
      found->rows = size.ws_row;
    }
  }
  close(descriptor);
  return found;
}

}  // namespace

std::optional<Terminal> find_terminal(bool launched) {
  if (const auto found = terminal_at(STDERR_FILENO, launched)) return found;
  return terminal_at(STDOUT_FILENO, launched);
}

void choose_colours(bool launched) {
  const char* const terminal = std::getenv("TERM");
  const char* const unwanted = std::getenv("NO_COLOR");
  const bool wanted =
      (unwanted == nullptr || *unwanted == '\0') && terminal != nullptr && std::string_view(terminal) != "dumb";
  output_has_colours = wanted && terminal_at(STDOUT_FILENO, launched).has_value();
  error_has_colours = wanted && isatty(STDERR_FILENO) == 1;
}

std::string coloured(const std::string& text, Colour colour, std::FILE* stream) {
  if (!(stream == stdout ? output_has_colours : error_has_colours)) return text;
  return (colour == Colour::red ? "\033[31m" : "\033[33m") + text + "\033[0m";
}

}  // namespace exmc::app
