#include "progress.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <optional>

namespace exmc::app {
namespace {

using runtime::ChainRecord;
using Status = ChainRecord::Status;

bool waits(const ChainRecord& chain) { return chain.status == Status::queued || chain.progress.stage.empty(); }

std::string stage_of(const ChainRecord& chain) {
  if (chain.status == Status::failed) return "failed";
  return waits(chain) ? "waiting" : chain.progress.stage;
}

/// "1 warmup, 3 sampling", in the order of a chain's life.
std::string stages(std::span<const ChainRecord> chains) {
  std::map<std::string, int> count;
  for (const ChainRecord& chain : chains) ++count[stage_of(chain)];
  std::string text;
  for (const char* stage : {"failed", "waiting", "warmup", "settling", "sampling", "complete"}) {
    if (count.contains(stage)) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count[stage], stage);
  }
  return text;
}

/// The mean over the chains of which it is known.
std::optional<double> mean(std::span<const ChainRecord> chains, double runtime::ChainProgress::*number) {
  double sum = 0;
  int known = 0;  // a chain that waits has none, and one of which nothing has come since a resume
  for (const ChainRecord& chain : chains) {
    if (!(chain.progress.*number > 0) || chain.status == Status::failed) continue;
    sum += chain.progress.*number;
    ++known;
  }
  return known > 0 ? std::optional(sum / known) : std::nullopt;
}

std::string goal(const Pace& pace) { return pace.goal.empty() ? "" : " | " + pace.goal; }

std::string significant(std::optional<double> value) { return value ? fmt::format("{:.3g}", *value) : "-"; }

std::string rate(std::optional<double> per_second) {
  if (!per_second) return "-";
  return *per_second < 100 ? significant(per_second) : fmt::format("{:.0f}", *per_second);
}

std::string time_left(std::optional<double> seconds) { return seconds ? duration(*seconds) : "-"; }

/// What a row says, in the order of the columns.
enum Place : std::size_t { kChain, kRank, kBar, kDraws, kDivergent, kStep, kGradients, kRate, kLeft, kPlaces };

struct Row {
  std::array<std::string, kPlaces> cells;
  double share = 0;  ///< of the bar
  char filled = '=';
};

Row header() { return {{"chain", "rank", "", "draws", "div", "step", "grads", "draws/s", "left"}}; }

std::string draws_of(const ChainRecord& chain) {
  const runtime::ChainProgress& progress = chain.progress;
  const std::string stage = stage_of(chain);
  if (stage == "sampling" || stage == "complete") return fmt::format("{}/{}", progress.iteration, progress.iterations);
  if (stage == "warmup" || stage == "settling") return fmt::format("{} {}", stage, progress.iteration);
  return stage;
}

Row row_of(const ChainRecord& chain, const ChainPace& pace, std::size_t number) {
  const runtime::ChainProgress& progress = chain.progress;
  const auto own = std::span(&chain, 1);
  Row row;
  row.cells = {std::to_string(number),
               chain.rank.value < 0 || waits(chain) ? "-" : std::to_string(chain.rank.value),
               "",
               draws_of(chain),
               std::to_string(progress.divergences),
               significant(mean(own, &runtime::ChainProgress::step_size)),
               significant(mean(own, &runtime::ChainProgress::gradients)),
               rate(pace.per_second),
               time_left(pace.seconds_left)};
  row.filled = progress.stage == "sampling" || progress.stage == "complete" ? '=' : '.';
  const auto part = static_cast<double>(progress.iteration), whole = static_cast<double>(progress.iterations);
  row.share = whole > 0 && chain.status != Status::failed ? part / whole : 0;
  return row;
}

Row sums(std::span<const ChainRecord> chains, const Pace& pace) {
  std::uint64_t divergences = 0;
  std::optional<double> per_second;
  for (std::size_t i = 0; i < chains.size(); ++i) {
    divergences += chains[i].progress.divergences;
    if (pace.chains[i].per_second) per_second = per_second.value_or(0) + *pace.chains[i].per_second;
  }
  Row row;
  row.cells = {"all",
               std::to_string(chains.size()),
               "",
               fmt::format("{}/{}", pace.draws, pace.planned_draws),
               std::to_string(divergences),
               significant(mean(chains, &runtime::ChainProgress::step_size)),
               significant(mean(chains, &runtime::ChainProgress::gradients)),
               rate(per_second),
               time_left(pace.seconds_left)};
  row.share = pace.planned > 0 ? static_cast<double>(pace.done) / static_cast<double>(pace.planned) : 0;
  return row;
}

/// The chains that get a row, in their order: all, or those with the fewest iterations.
std::vector<std::size_t> shown_chains(std::span<const ChainRecord> chains, std::size_t room) {
  std::vector<std::size_t> numbers(chains.size());
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  const std::size_t most = std::min(room, chains.size() > kMostChainRows ? kFewRows : kMostChainRows);
  if (numbers.size() <= most) return numbers;
  std::ranges::stable_sort(numbers, {}, [&](std::size_t chain) { return chains[chain].received; });
  numbers.resize(most);
  std::ranges::sort(numbers);
  return numbers;
}

/// How rows are set in columns.
struct Setting {
  std::array<std::size_t, kPlaces> widths{};  ///< 0: left out
  std::size_t gap = 2;

  [[nodiscard]] std::size_t width() const {
    std::size_t sum = 0;
    for (const std::size_t width : widths) sum += width > 0 ? width + gap : 0;
    return sum - gap;
  }
};

Setting fitting(const std::vector<Row>& rows, std::size_t columns) {
  constexpr std::size_t shortest_bar = 6, longest_bar = 32;
  Setting setting;
  // Numbers that grow do not move what stands beside them.
  setting.widths = {5, 4, 0, 9, 3, 5, 5, 7, 5};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < kPlaces; ++i) setting.widths[i] = std::max(setting.widths[i], row.cells[i].size());
  }
  setting.widths[kBar] = shortest_bar;
  if (setting.width() > columns) setting.gap = 1;
  for (const Place least : {kBar, kStep, kRate, kRank, kGradients, kDivergent, kLeft}) {
    if (setting.width() > columns) setting.widths[least] = 0;
  }
  if (setting.widths[kBar] > 0) setting.widths[kBar] += std::min(columns - setting.width(), longest_bar - shortest_bar);
  return setting;
}

std::string text_of(const Row& row, const Setting& setting, bool has_bar) {
  std::string text;
  for (std::size_t i = 0; i < kPlaces; ++i) {
    const std::size_t width = setting.widths[i];
    if (width == 0) continue;
    if (i > 0) text.append(setting.gap, ' ');
    text += i == kBar && has_bar ? bar(row.share, width, row.filled) : fmt::format("{:>{}}", row.cells[i], width);
  }
  return text;
}

}  // namespace

std::string duration(double seconds) {
  if (seconds < 100) return fmt::format("{:.0f} s", seconds);
  if (seconds < 6000) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

std::string bar(double share, std::size_t width, char filled) {
  const std::size_t inside = width - 2;
  const auto done = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(inside));
  return '[' + std::string(done, filled) + std::string(inside - done, ' ') + ']';
}

std::string progress_line(std::span<const ChainRecord> chains, const Pace& pace) {
  std::uint64_t divergences = 0;
  for (const ChainRecord& chain : chains) divergences += chain.progress.divergences;
  std::string line = fmt::format("{} | {}/{}", stages(chains), pace.done, pace.planned);
  if (pace.seconds_left) line += (pace.may_end_early ? " | at most " : " | ") + duration(*pace.seconds_left) + " left";
  line += fmt::format(" | {} divergent", divergences);
  if (const auto step = mean(chains, &runtime::ChainProgress::step_size)) line += fmt::format(" | step {:.3g}", *step);
  return line + goal(pace);
}

std::vector<std::string> progress_table(std::span<const ChainRecord> chains, const Pace& pace, const Screen& screen) {
  constexpr std::size_t others = 4;  // header, sums, stages, and where the cursor stands
  const std::vector<std::size_t> shown = shown_chains(chains, screen.rows > others ? screen.rows - others : 0);
  std::vector<Row> rows{header()};
  for (const std::size_t chain : shown) rows.push_back(row_of(chains[chain], pace.chains[chain], chain));
  rows.push_back(sums(chains, pace));
  const Setting setting = fitting(rows, screen.columns);
  std::vector<std::string> lines;
  for (const Row& row : rows) lines.push_back(text_of(row, setting, !lines.empty()));
  std::string last = stages(chains) + goal(pace);
  if (shown.size() < chains.size()) last += fmt::format(" | the {} furthest behind are shown", shown.size());
  lines.push_back(last);
  for (std::string& line : lines) line.resize(std::min(line.size(), screen.columns));
  return lines;
}

}  // namespace exmc::app
