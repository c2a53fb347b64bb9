#include "exmc/core/process.hpp"

#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <sstream>

namespace exmc {
namespace {

/// Field 22 of /proc/PID/stat; 0 where there is no such process. Fields count from behind the name, which may hold
/// anything.
std::int64_t start_of(std::int64_t pid) {
  constexpr int fields_from_name_to_start = 20;
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(file, text);
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(text.substr(name_end + 1));
  std::string field;
  for (int i = 0; i < fields_from_name_to_start; ++i) fields >> field;
  return fields ? std::stoll(field) : 0;
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

}  // namespace

Process this_process() { return {host_name(), getpid(), start_of(getpid())}; }

bool is_running(const Process& process) {
  return process.pid > 0 && process.start != 0 && process.host == host_name() && start_of(process.pid) == process.start;
}

bool kill_process(const Process& process) {
  return is_running(process) && kill(static_cast<pid_t>(process.pid), SIGKILL) == 0;
}

}  // namespace exmc
