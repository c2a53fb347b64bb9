// Says in one line that the program was built for another processor, where it would otherwise die of an illegal
// instruction. Compiled for any processor, and run before the initialisers of all other sources, which may already use
// what is missing; hence nothing here but system calls.
#include <unistd.h>

#include <cstring>
#include <initializer_list>

#include "speaks_for_host.hpp"

namespace {

constexpr int kBadUsage = 2;
constexpr int kBeforeAllOthers = 101;  // the first priority that GCC does not keep for itself

[[noreturn]] void refuse(const char* feature) {
  if (exmc::app::speaks_for_host()) {
    for (const char* part :
         {"exmc_mpi: built for a processor with ", feature,
          ", which this one lacks: build it here, or for any processor (cmake --preset release)\n"}) {
      if (write(STDERR_FILENO, part, std::strlen(part)) < 0) break;
    }
  } else {
    exmc::app::await_speaker();
  }
  _exit(kBadUsage);
}

[[gnu::constructor(kBeforeAllOthers)]] void check_processor() {
  __builtin_cpu_init();
#define EXMC_NEEDS(feature) \
  if (!__builtin_cpu_supports(#feature)) refuse(#feature);
#include "processor_needs.def"
#undef EXMC_NEEDS
}

}  // namespace
