#include "memory.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <vector>

#include "exmc/core/memory.hpp"

namespace exmc::app {
namespace {

using ReadFile = std::function<std::string(const std::string&)>;

/// The number that a text begins with; nothing for "max".
std::optional<std::uint64_t> number(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} ? std::optional(value) : std::nullopt;
}

/// The memory controller's folders of this process, its own first, then those it is in: each may set a limit. Version 2
/// has one hierarchy ("0::/path"), version 1 one for each controller ("4:memory:/path").
std::vector<std::string> limit_files(const ReadFile& file) {
  std::vector<std::string> paths;
  std::istringstream lines(file("/proc/self/cgroup"));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool unified = controllers.empty();
    if (!unified && ("," + controllers + ",").find(",memory,") == std::string::npos) continue;
    const std::string root = unified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
    std::string folder = line.substr(second + 1);
    while (true) {
      paths.push_back(root + (folder == "/" ? "" : folder) + (unified ? "/memory.max" : "/memory.limit_in_bytes"));
      if (folder.size() <= 1) break;
      folder.resize(std::max<std::size_t>(folder.rfind('/'), 1));
    }
  }
  return paths;
}

std::uint64_t total_memory(const ReadFile& file) {
  const std::string text = file("/proc/meminfo");
  const std::string key = "MemTotal:";
  const std::size_t found = text.find(key);
  if (found == std::string::npos) return kUnlimitedMemory;
  const std::size_t begin = text.find_first_not_of(' ', found + key.size());
  if (begin == std::string::npos) return kUnlimitedMemory;
  const auto kibibytes = number(text.substr(begin));
  return kibibytes ? *kibibytes * 1024 : kUnlimitedMemory;
}

std::string read_file(const std::string& path) {
  std::ifstream stream(path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

HostMemory host_memory(const ReadFile& file, const std::function<const char*(const char*)>& environment) {
  HostMemory host;
  host.bytes = total_memory(file);
  for (const std::string& path : limit_files(file)) {
    if (const auto limit = number(file(path))) host.bytes = std::min(host.bytes, *limit);
  }
  for (const char* name : {"OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS"}) {
    const char* const value = environment(name);
    if (value == nullptr) continue;
    if (const auto ranks = number(value))
      host.ranks = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(*ranks, 1, 1U << 20U));
    break;
  }
  return host;
}

std::uint64_t memory_limit(const config::Config& config) {
  if (config.runtime.memory_limit) return *config.runtime.memory_limit;
  const HostMemory host = host_memory(read_file, [](const char* name) { return std::getenv(name); });
  return host.bytes == kUnlimitedMemory ? kUnlimitedMemory : host.bytes / 2 / host.ranks;
}

}  // namespace exmc::app
