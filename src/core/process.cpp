#include "exmc/core/process.hpp"

#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <sstream>

namespace exmc {
namespace {

struct Status {
  char state = 0;
  std::int64_t start = 0;  ///< 0: there is no such process
};

/// Fields 3 and 22 of /proc/PID/stat. Fields count from behind the name, which may hold anything.
Status status_of(std::int64_t pid) {
  constexpr int fields_from_state_to_start = 19;
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(file, text);
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream fields(text.substr(name_end + 1));
  Status status;
  fields >> status.state;
  std::string field;
  for (int i = 0; i < fields_from_state_to_start; ++i) fields >> field;
  if (fields) status.start = std::stoll(field);
  return status;
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

/// Nothing where it is no process of this host, or its number names another one by now.
Status status_here(const Process& process) {
  if (process.pid <= 0 || process.start == 0 || process.host != host_name()) return {};
  const Status status = status_of(process.pid);
  return status.start == process.start ? status : Status{};
}

}  // namespace

Process this_process() { return {host_name(), getpid(), status_of(getpid()).start}; }

bool exists(const Process& process) { return status_here(process).start != 0; }

bool is_stopped(const Process& process) {
  const Status status = status_here(process);
  return status.start != 0 && status.state == 'T';
}

bool kill_process(const Process& process) {
  return exists(process) && kill(static_cast<pid_t>(process.pid), SIGKILL) == 0;
}

}  // namespace exmc
