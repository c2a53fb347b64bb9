#include "activity.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "exmc/core/error.hpp"
#include "live_display.hpp"
#include "log.hpp"
#include "progress.hpp"

namespace exmc::app {
namespace {

using Seconds = std::chrono::duration<double>;

/// What is over sooner needs no words.
constexpr Seconds kSilence{1};
constexpr Seconds kOnTerminal{0.25}, kInLog{10};
constexpr std::size_t kLongestBar = 40;

std::string on_terminal(const std::string& what, double share, std::size_t columns) {
  std::string line = what.substr(0, columns);
  const std::size_t room = columns - line.size();
  if (share >= 0 && room > 18) {
    line += " " + bar(share, std::min(kLongestBar, room - 8)) + fmt::format(" {:.0f} %", 100 * share);
  }
  return line;
}

}  // namespace

Activity::Activity(std::string what, const Voice& voice, runtime::InterruptSource interrupt)
    : what_(std::move(what)),
      voice_(voice),
      interrupt_(std::move(interrupt)),
      listener_([this](std::uint64_t done, std::uint64_t of) { hear(done, of); }) {
  if (!voice_.quiet) watcher_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
}

void Activity::hear(std::uint64_t done, std::uint64_t of) {
  share_ = of > 0 ? static_cast<double>(done) / static_cast<double>(of) : -1;
  const std::string reason = interrupt_ ? interrupt_() : std::string();
  if (!reason.empty()) throw Error(ExitCode::stopped, reason + " while " + what_);
}

void Activity::watch(const std::stop_token& stop) const {
  std::mutex mutex;
  std::condition_variable_any over;
  std::unique_lock lock(mutex);
  const auto pause = [&](Seconds seconds) {
    over.wait_for(lock, stop, seconds, [] { return false; });
    return !stop.stop_requested();
  };
  if (!pause(kSilence)) return;
  if (!voice_.terminal) {
    log_info(what_);
    while (pause(kInLog)) {
      if (share_ >= 0) log_info(fmt::format("{}: {:.0f} %", what_, 100 * share_));
    }
    return;
  }
  LiveDisplay display(voice_.terminal->stream);
  do {
    const std::size_t columns = voice_.terminal_now()->columns;
    display.show({on_terminal(what_, share_, columns)}, columns);
  } while (pause(kOnTerminal));
  display.clear();
}

}  // namespace exmc::app
