#include "terminal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <string>

namespace exmc::app {

bool output_is_terminal(bool launched) {
  if (!launched) return isatty(STDOUT_FILENO) == 1;
  const std::string path = "/proc/" + std::to_string(getppid()) + "/fd/1";
  const int descriptor = open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return false;
  const bool terminal = isatty(descriptor) == 1;
  close(descriptor);
  return terminal;
}

}  // namespace exmc::app
