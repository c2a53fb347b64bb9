#include "exmc/core/fault_point.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "exmc/core/error.hpp"
#include "exmc/core/nearest.hpp"
#include "exmc/core/text.hpp"

namespace exmc {
namespace {

constexpr const char* kVariable = "EXMC_FAULT_PLAN";
constexpr std::chrono::milliseconds kHoldPause{1};

/// In the order of FaultPhase.
const std::vector<std::string> kPhases = {"places",         "init",          "job",          "laid_out",
                                          "named",          "waiting",       "broadcast",    "broadcast_piece",
                                          "warmup",         "settling",      "sampling",     "sent",
                                          "idle",           "before_append", "after_append", "before_fsync",
                                          "between_fsyncs", "after_fsync",   "takeover",     "closed",
                                          "leaving"};

constexpr std::pair<const char*, int> kSignals[] = {
    {"KILL", SIGKILL}, {"SEGV", SIGSEGV}, {"ABRT", SIGABRT}, {"STOP", SIGSTOP}};

struct Fault {
  std::int32_t rank = -1;
  std::optional<FaultPhase> phase;
  std::uint64_t iteration = 0;
  int signal = 0;
  std::string hold;  ///< the file that announces the rank and holds it
  std::atomic<bool> used = false;
};

// For the process's whole life: its threads may be in a fault point when it ends.
std::deque<Fault>& faults = *new std::deque<Fault>;
std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(FaultPhase::leaving) + 1> visits{};

[[noreturn]] void refuse(const std::string& what) { throw InputError(kVariable, what); }

template <class T>
T parse_count(std::string_view key, std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < T{}) {
    refuse(std::string(key) + ": expected a count from 0, found " + in_quotes(text));
  }
  return value;
}

FaultPhase parse_phase(std::string_view text) {
  const auto found = std::ranges::find(kPhases, text);
  if (found == kPhases.end()) refuse("unknown phase " + in_quotes(text) + did_you_mean(text, kPhases));
  return static_cast<FaultPhase>(found - kPhases.begin());
}

int parse_signal(std::string_view text) {
  for (const auto& [name, number] : kSignals) {
    if (text == name) return number;
  }
  refuse("signal: expected KILL, SEGV, ABRT or STOP, found " + in_quotes(text));
}

void set_field(Fault& fault, std::string_view field) {
  static const std::vector<std::string> keys = {"rank", "phase", "iteration", "signal", "wait"};
  const std::size_t equals = field.find('=');
  const std::string_view key = field.substr(0, equals);
  if (equals == std::string_view::npos || equals + 1 == field.size()) {
    refuse("expected KEY=VALUE, found " + in_quotes(field));
  }
  const std::string_view value = field.substr(equals + 1);
  if (key == "rank") {
    fault.rank = parse_count<std::int32_t>(key, value);
  } else if (key == "phase") {
    fault.phase = parse_phase(value);
  } else if (key == "iteration") {
    fault.iteration = parse_count<std::uint64_t>(key, value);
  } else if (key == "signal") {
    fault.signal = parse_signal(value);
  } else if (key == "wait") {
    fault.hold = value;
  } else {
    refuse("unknown key " + in_quotes(key) + did_you_mean(key, keys));
  }
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

void parse_fault(Fault& fault, std::string_view text) {
  for (const std::string_view field : split(text, ' ')) set_field(fault, field);
  if (fault.rank < 0) refuse("expected rank=NUMBER in " + in_quotes(text));
  if (!fault.phase) refuse("expected phase=NAME in " + in_quotes(text));
  if ((fault.signal != 0) == !fault.hold.empty())
    refuse("expected one of signal=NAME and wait=FILE in " + in_quotes(text));
}

/// Says in a file who waits where, under the file's name only once it is whole; goes on when somebody removes it.
void hold(const Fault& fault, std::uint64_t iteration) {
  const std::string unfinished = fault.hold + ".new";
  std::FILE* file = std::fopen(unfinished.c_str(), "w");
  if (!file) return;
  std::fprintf(file, "%d %d %s %llu\n", fault.rank, static_cast<int>(getpid()),
               kPhases[static_cast<std::size_t>(*fault.phase)].c_str(), static_cast<unsigned long long>(iteration));
  std::fclose(file);
  if (std::rename(unfinished.c_str(), fault.hold.c_str()) != 0) return;
  while (access(fault.hold.c_str(), F_OK) == 0) std::this_thread::sleep_for(kHoldPause);
}

}  // namespace

bool fault::armed = false;

void fault::reach(FaultPhase phase, std::uint64_t iteration) {
  for (Fault& fault : faults) {
    if (fault.phase != phase || iteration < fault.iteration || fault.used.exchange(true)) continue;
    if (fault.signal != 0) kill(getpid(), fault.signal);  // the process, not the thread
    if (!fault.hold.empty()) hold(fault, iteration);
  }
}

void fault::reach_again(FaultPhase phase) { reach(phase, visits.at(static_cast<std::size_t>(phase))++); }

void arm_fault_points(std::string_view plan, RankId rank) {
  faults.clear();
  for (const std::string_view text : split(plan, ';')) {
    parse_fault(faults.emplace_back(), text);
    if (faults.back().rank != rank.value) faults.pop_back();
  }
  fault::armed = !faults.empty();
}

void arm_fault_points(RankId rank) {
  if (const char* plan = std::getenv(kVariable)) arm_fault_points(plan, rank);
}

}  // namespace exmc
