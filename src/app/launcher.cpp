#include "launcher.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "exmc/core/error.hpp"
#include "log.hpp"

namespace exmc::app {
namespace {

std::optional<std::int64_t> number(const char* text) {
  if (!text) return std::nullopt;
  std::int64_t value = 0;
  const char* end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

/// Slurm numbers its batch script and interactive shells as steps too, from here on.
constexpr std::int64_t kFirstSpecialStep = 4294967290;

bool inside_slurm_step(const Environment& environment) {
  const auto step = number(environment("SLURM_STEP_ID"));
  return step && *step < kFirstSpecialStep;
}

/// Who speaks for its host stays a while, so that the others of its job find the name taken; they stay as long, because
/// a launcher ends the rest once one has left.
constexpr std::chrono::seconds kSilence{1};

bool speaks_for_host() {
  const char* job = std::getenv("PMIX_NAMESPACE");
  const std::string name = "exmc_mpi." + (job ? job : std::to_string(getppid()));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::size_t length = std::min(name.size(), sizeof address.sun_path - 1);
  std::memcpy(address.sun_path + 1, name.data(), length);  // a leading zero: an abstract name, gone with the process
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return true;
  return bind(descriptor, reinterpret_cast<const sockaddr*>(&address),
              static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + length)) == 0;
}

}  // namespace

std::optional<Launcher> detect_launcher(const Environment& environment) {
  struct Names {
    const char *size, *rank;
  };
  for (const Names names : {Names{"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"}, Names{"PMI_SIZE", "PMI_RANK"}}) {
    if (const auto size = number(environment(names.size))) {
      return Launcher{names.size, size, number(environment(names.rank)).value_or(0)};
    }
  }
  if (inside_slurm_step(environment)) {
    if (const auto size = number(environment("SLURM_NTASKS"))) {
      return Launcher{"SLURM_NTASKS", size, number(environment("SLURM_PROCID")).value_or(0)};
    }
  }
  if (const auto rank = number(environment("PMIX_RANK"))) return Launcher{"", std::nullopt, *rank};
  return std::nullopt;
}

std::uint32_t default_chains(const std::optional<Launcher>& launcher) {
  constexpr std::uint32_t kWithoutLauncher = 5;
  return launcher && launcher->size ? static_cast<std::uint32_t>(*launcher->size) : kWithoutLauncher;
}

void check_world_size(const Launcher& launcher, std::int64_t world_size, const std::string& library) {
  if (!launcher.size || *launcher.size == world_size) return;
  throw InputError("the launcher started " + std::to_string(*launcher.size) + " ranks (" + launcher.size_variable +
                   "), but " + library + ", which this program was built with, sees " + std::to_string(world_size) +
                   ": start it with that MPI's own mpirun");
}

void say_once_per_host(const std::string& text) {
  if (speaks_for_host()) say_error(text);
  std::this_thread::sleep_for(kSilence);
}

}  // namespace exmc::app
