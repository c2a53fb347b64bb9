#include "progress.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <numeric>

namespace exmc::app {
namespace {

std::string duration(double seconds) {
  if (seconds < 100) return fmt::format("{:.0f} s", seconds);
  if (seconds < 6000) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

bool waits(const runtime::ChainRecord& chain) {
  return chain.status == runtime::ChainRecord::Status::queued || chain.progress.stage.empty();
}

std::string stage_of(const runtime::ChainRecord& chain) { return waits(chain) ? "waiting" : chain.progress.stage; }

/// "1 warmup, 3 sampling", in the order of a chain's life.
std::string stages(std::span<const runtime::ChainRecord> chains) {
  std::map<std::string, int> count;
  for (const runtime::ChainRecord& chain : chains) ++count[stage_of(chain)];
  std::string text;
  for (const char* stage : {"waiting", "warmup", "settling", "sampling", "complete"}) {
    if (count.contains(stage)) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count[stage], stage);
  }
  return text;
}

std::string bar(double share, std::size_t width) {
  const auto filled = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(width));
  return std::string(filled, '=') + std::string(width - filled, ' ');
}

constexpr const char* kHeader = "chain  rank  stage     ";

std::string row(const runtime::ChainRecord& chain, std::size_t number, std::size_t bar_width) {
  const runtime::ChainProgress& progress = chain.progress;
  const double share =
      progress.iterations == 0 ? 0 : static_cast<double>(progress.iteration) / static_cast<double>(progress.iterations);
  const std::string rank = chain.rank.value < 0 || waits(chain) ? "-" : std::to_string(chain.rank.value);
  const std::string step = progress.step_size > 0 ? fmt::format("{:.3g}", progress.step_size) : "-";
  return fmt::format("{:>5}  {:>4}  {:<8}  [{}] {:>13}  {:>5}  {:>7}", number, rank, stage_of(chain),
                     bar(share, bar_width), fmt::format("{}/{}", progress.iteration, progress.iterations),
                     progress.divergences, step);
}

/// The chains that get a row, in their order: all, or those with the fewest iterations.
std::vector<std::size_t> rows_of(std::span<const runtime::ChainRecord> chains) {
  std::vector<std::size_t> numbers(chains.size());
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  if (numbers.size() <= kMostChainRows) return numbers;
  const auto behind = [&](std::size_t a, std::size_t b) { return chains[a].received < chains[b].received; };
  std::stable_sort(numbers.begin(), numbers.end(), behind);
  numbers.resize(kMostChainRows);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

}  // namespace

std::uint64_t planned_iterations(const Job& job) {
  const config::Config& config = job.config;
  const std::uint64_t chains = *config.chains;
  const bool settles = config.warmup.mode == config::WarmupMode::coordinator;
  const std::uint64_t warmup = longest_warmup(sampler_settings(job));
  const std::uint64_t others = settles ? config.warmup.settle : warmup;
  return warmup + (chains - 1) * others + chains * config.sampler.draws;
}

std::string progress_line(std::span<const runtime::ChainRecord> chains, const Pace& pace) {
  std::uint64_t done = 0, divergences = 0;
  double step_sizes = 0;
  int moving = 0;
  for (const runtime::ChainRecord& chain : chains) {
    done += chain.received;
    divergences += chain.progress.divergences;
    if (chain.progress.step_size == 0) continue;  // it waits, or nothing has come from it since a resume
    step_sizes += chain.progress.step_size;
    ++moving;
  }
  std::string line = fmt::format("{} | {}/{}", stages(chains), done, pace.planned);
  if (done > pace.recovered && done < pace.planned) {
    const double left =
        pace.seconds * static_cast<double>(pace.planned - done) / static_cast<double>(done - pace.recovered);
    line += (pace.may_end_early ? " | at most " : " | ") + duration(left) + " left";
  }
  line += fmt::format(" | {} divergent", divergences);
  if (moving > 0) line += fmt::format(" | step {:.3g}", step_sizes / moving);
  return line;
}

std::vector<std::string> progress_table(std::span<const runtime::ChainRecord> chains, const Pace& pace,
                                        std::size_t columns) {
  constexpr std::size_t numbers = 32, widest_bar = 30;  // the columns after the bar, with its brackets
  const std::size_t fixed = std::string_view(kHeader).size() + numbers;
  const std::size_t bar_width = std::clamp(columns, fixed + 4, fixed + widest_bar) - fixed;
  const std::vector<std::size_t> shown = rows_of(chains);
  std::vector<std::string> lines;
  lines.push_back(fmt::format("{}{:>{}}  diverg     step", kHeader, "iterations", bar_width + 15));
  for (const std::size_t number : shown) lines.push_back(row(chains[number], number, bar_width));
  if (shown.size() < chains.size()) {
    lines.push_back(fmt::format("{:>5} chains that are further on", chains.size() - shown.size()));
  }
  lines.push_back(progress_line(chains, pace));
  if (!pace.goal.empty()) lines.push_back(pace.goal);
  for (std::string& line : lines) line.resize(std::min(line.size(), columns));
  return lines;
}

}  // namespace exmc::app
