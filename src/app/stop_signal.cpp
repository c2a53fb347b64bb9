#include "stop_signal.hpp"

#include <unistd.h>

#include <csignal>
#include <cstring>

namespace exmc::app {
namespace {

volatile std::sig_atomic_t caught_signal = 0;

void note_signal(int signal) { caught_signal = signal; }

const char* name_of(int signal) {
  switch (signal) {
    case SIGTERM:
      return "SIGTERM";
    case SIGINT:
      return "SIGINT";
    default:
      return "SIGUSR1";
  }
}

}  // namespace

void catch_stop_signals() {
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGTERM, SIGUSR1}) sigaction(signal, &action, nullptr);
  action.sa_flags |= SA_RESETHAND;
  sigaction(SIGINT, &action, nullptr);
}

runtime::InterruptSource stop_reason(bool launched) {
  return [launched, parent = getppid()]() -> std::string {
    if (caught_signal) return std::string("stopped by ") + name_of(caught_signal);
    if (launched && getppid() != parent) return "stopped because the launcher is gone";
    return {};
  };
}

}  // namespace exmc::app
