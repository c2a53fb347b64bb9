#include "time_limit.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <sstream>
#include <utility>

#include "exmc/core/error.hpp"

namespace exmc::app {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

const Clock::time_point kProgramStart = Clock::now();

/// Before a Slurm job's limit: ranks stop within 5 s, but a slow disk may take longer to have it all.
constexpr double kSlurmMargin = 60;

/// The first line that a command writes; empty where it writes none.
std::string first_line_of(const std::string& command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> output(popen(command.c_str(), "r"), pclose);
  char line[128] = {};
  if (!output || std::fgets(line, sizeof line, output.get()) == nullptr) return {};
  const std::string text = line;
  return text.substr(0, text.find_last_not_of(" \n") + 1);
}

/// From now on, until the job's limit.
double slurm_seconds_left(const config::Config& config) {
  const std::string where = config.source + ": runtime.time_limit";
  if (const char* end = std::getenv("SLURM_JOB_END_TIME")) {
    const Seconds now = std::chrono::system_clock::now().time_since_epoch();
    return std::strtod(end, nullptr) - now.count();
  }
  const char* const job = std::getenv("SLURM_JOB_ID");
  const std::string number = job ? job : "";
  if (number.empty() || number.find_first_not_of("0123456789") != std::string::npos) {
    throw InputError(where, "found \"slurm\", but this runs in no Slurm job (SLURM_JOB_ID)");
  }
  const std::string left = first_line_of("squeue -h -o %L -j " + number + " 2>/dev/null");
  const double seconds = slurm_seconds(left);
  if (std::isnan(seconds))
    throw InputError(where, "found \"slurm\", but squeue does not say what job " + number + " has left");
  return seconds;
}

std::string as_clock(double seconds) {
  const auto whole = static_cast<long>(seconds);
  return fmt::format("{:02}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

}  // namespace

double slurm_seconds(const std::string& text) {
  if (text == "UNLIMITED") return std::numeric_limits<double>::infinity();
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  const std::size_t dash = text.find('-');
  double days = 0;
  if (dash != std::string::npos) days = std::strtod(text.c_str(), nullptr);
  std::istringstream parts(dash == std::string::npos ? text : text.substr(dash + 1));
  double seconds = 0;
  int count = 0;
  for (std::string part; std::getline(parts, part, ':'); ++count) {
    if (part.empty() || part.find_first_not_of("0123456789") != std::string::npos) return none;
    seconds = seconds * 60 + std::strtod(part.c_str(), nullptr);
  }
  return count == 2 || count == 3 ? days * 86400 + seconds : none;
}

void require_time_limit(const config::Config& config) {
  if (config.runtime.time_limit == config::Config::Runtime::kOfSlurm) static_cast<void>(slurm_seconds_left(config));
}

runtime::InterruptSource within_time_limit(runtime::InterruptSource other, const config::Config& config) {
  if (!config.runtime.time_limit) return other;
  double limit = *config.runtime.time_limit;
  std::string reason = "stopped by the time limit of " + as_clock(limit) + " (runtime.time_limit)";
  Clock::time_point from = kProgramStart;
  if (limit == config::Config::Runtime::kOfSlurm) {
    try {
      limit = slurm_seconds_left(config) - kSlurmMargin;
    } catch (const InputError&) {
      return other;  // the coordinator could ask, or the run would not have begun
    }
    reason = "stopped before the Slurm job's time limit (runtime.time_limit)";
    from = Clock::now();
  }
  constexpr double longest = 1e8;  // of what the clock counts in
  const auto end = from + std::chrono::duration_cast<Clock::duration>(Seconds(std::min(limit, longest)));
  return [other = std::move(other), end, reason]() -> std::string {
    std::string found = other();
    return found.empty() && Clock::now() >= end ? reason : found;
  };
}

}  // namespace exmc::app
