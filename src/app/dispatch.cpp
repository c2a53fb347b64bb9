// bin/exmc_mpi of a portable build: becomes the program whose density was compiled for the highest level of x86-64 that
// this processor has, or for the one that EXMC_PROCESSOR names. All give the same draws (docs/decisions/0012). Compiled
// for any processor, and linked with the C library alone.
#include <limits.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "speaks_for_host.hpp"

namespace {

constexpr int kBadUsage = 2, kIoFailed = 3;
constexpr const char* kVariable = "EXMC_PROCESSOR";

struct Level {
  const char* name;
  bool supported;
};

/// Says in one line why nothing can be started.
template <class... Parts>
[[noreturn]] void refuse(int code, const char* format, Parts... parts) {
  if (exmc::app::speaks_for_host()) {
    std::fprintf(stderr, format, parts...);
  } else {
    exmc::app::await_speaker();
  }
  std::exit(code);
}

/// Where this program is, symbolic links resolved.
void find_own_folder(char (&folder)[PATH_MAX]) {
  if (realpath("/proc/self/exe", folder) == nullptr) {
    refuse(kIoFailed, "exmc_mpi: cannot read /proc/self/exe: %s\n", std::strerror(errno));
  }
  *std::strrchr(folder, '/') = '\0';
}

/// The level that the environment asks for; null where it leaves the choice to the program.
template <std::size_t count>
const Level* find_wanted(const Level (&levels)[count]) {
  const char* wanted = std::getenv(kVariable);
  if (wanted == nullptr || *wanted == '\0') return nullptr;
  for (const Level& level : levels) {
    if (std::strcmp(level.name, wanted) != 0) continue;
    if (!level.supported) refuse(kBadUsage, "exmc_mpi: %s: found %s, which this processor lacks\n", kVariable, wanted);
    return &level;
  }
  char found[41] = {};  // as much as belongs into a line
  for (std::size_t i = 0; i + 1 < sizeof found && wanted[i] != '\0'; ++i) {
    found[i] = std::iscntrl(static_cast<unsigned char>(wanted[i])) != 0 ? '?' : wanted[i];
  }
  refuse(kBadUsage, "exmc_mpi: %s: found \"%s\", expected x86-64, x86-64-v3 or x86-64-v4\n", kVariable, found);
}

}  // namespace

int main(int, char** argv) {
  __builtin_cpu_init();
  const Level levels[] = {{"x86-64-v4", __builtin_cpu_supports("x86-64-v4") != 0},
                          {"x86-64-v3", __builtin_cpu_supports("x86-64-v3") != 0},
                          {"x86-64", true}};
  const Level* wanted = find_wanted(levels);
  char folder[PATH_MAX], program[PATH_MAX + 256];
  find_own_folder(folder);
  for (const Level& level : levels) {
    if (!level.supported || (wanted != nullptr && wanted != &level)) continue;
    std::snprintf(program, sizeof program, "%s/" EXMC_LEVELS_FOLDER "/%s/exmc_mpi", folder, level.name);
    execv(program, argv);  // returns where it failed, as where that level was not built
  }
  refuse(kIoFailed, "exmc_mpi: cannot start %s: %s\n", program, std::strerror(errno));
}
