#include "exmc/diagnostics/table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "exmc/core/text.hpp"

namespace exmc::diagnostics {
namespace {

constexpr std::array kHeader = {"", "mean", "sd", "mcse", "5%", "50%", "95%", "ess_bulk", "ess_tail", "rhat"};
using Cells = std::array<std::string, kHeader.size()>;

std::string format(double value, int digits, char style) {
  if (std::isnan(value)) return "nan";  // whatever its sign
  char buffer[48];
  const char pattern[] = {'%', '.', '*', style, '\0'};
  std::snprintf(buffer, sizeof buffer, pattern, digits, value);
  return buffer;
}

/// Formats the numbers of one row alike: the Monte Carlo error with two significant digits, the others with as many
/// decimals; in exponent form where that would be too wide to read.
class Decimals {
 public:
  explicit Decimals(const SummaryRow& row) {
    constexpr double largest_plain = 1e7;
    constexpr int most_decimals = 7;
    const double largest = std::max({std::abs(row.mean), std::abs(row.q5), std::abs(row.q95), row.sd});
    if (!(row.mcse_mean > 0) || !std::isfinite(row.mcse_mean)) return;
    decimals_ = std::max(0, 1 - static_cast<int>(std::floor(std::log10(row.mcse_mean))));
    plain_ = decimals_ <= most_decimals && largest < largest_plain;
  }
  std::string operator()(double value) const { return plain_ ? format(value, decimals_, 'f') : format(value, 4, 'g'); }

 private:
  bool plain_ = false;
  int decimals_ = 0;
};

Cells cells_of(const SummaryRow& row) {
  const Decimals number(row);
  return {row.shown(),
          number(row.mean),
          number(row.sd),
          number(row.mcse_mean),
          number(row.q5),
          number(row.q50),
          number(row.q95),
          format(row.ess_bulk, 0, 'f'),
          format(row.ess_tail, 0, 'f'),
          format(row.rhat, 3, 'f')};
}

/// In characters, which are more bytes than one in UTF-8.
std::size_t width(const std::string& cell) {
  return static_cast<std::size_t>(
      std::ranges::count_if(cell, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

/// A line of text to be: its cells, how many of them after the name are one, and which are marked.
struct TextLine {
  Cells cells;
  bool ranges = false;  ///< the cells of mean to 95 % are one, the first of them
  Suspicion marked{};
};

/// The last cell of those that a range of means takes the place of.
constexpr std::size_t kFirstNumber = 1, kLastOfRange = 6, kFirstEss = 7, kRhat = 9;

TextLine text_line(const TableLine& line, const RunFacts& facts) {
  TextLine text{cells_of(line.row), line.elements > 1, suspicion(line.row, facts)};
  if (!text.ranges) return text;
  text.cells[kFirstNumber] =
      "means from " + format(line.least_mean, 4, 'g') + " to " + format(line.largest_mean, 4, 'g');
  return text;
}

using Widths = std::array<std::size_t, kHeader.size()>;

Widths widths_of(const std::vector<TextLine>& lines) {
  Widths widths{};
  for (const TextLine& line : lines) {
    for (std::size_t i = 0; i < line.cells.size(); ++i) {
      const bool in_range = i >= kFirstNumber && i <= kLastOfRange;
      if (!(line.ranges && in_range)) widths[i] = std::max(widths[i], width(line.cells[i]));
    }
  }
  return widths;
}

std::string padded(const std::string& cell, std::size_t columns) {
  return std::string(columns - std::min(columns, width(cell)), ' ') + cell;
}

/// Names to the left, numbers to the right.
std::string aligned(const TextLine& line, const Widths& widths, const Mark& mark) {
  std::string text = line.cells[0] + std::string(widths[0] - width(line.cells[0]), ' ');
  for (std::size_t i = kFirstNumber; i < line.cells.size(); ++i) {
    std::size_t columns = widths[i];
    if (line.ranges && i == kFirstNumber) {
      while (i < kLastOfRange) columns += 2 + widths[++i];
      text += "  " + padded(line.cells[kFirstNumber], columns);
      continue;
    }
    const bool marked = i == kRhat ? line.marked.rhat : i >= kFirstEss && line.marked.ess;
    const std::string cell = padded(line.cells[i], columns);
    text += "  " + (marked ? mark(cell) : cell);
  }
  return text + "\n";
}

std::string joined(const std::vector<std::string>& items) {
  constexpr std::size_t most = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(items.size(), most); ++i) text += (i ? ", " : "") + items[i];
  if (items.size() > most) text += " and " + std::to_string(items.size() - most) + " more";
  return text;
}

/// What a reader of the lines has to know of those that are not there.
std::string footnotes(const Table& table) {
  std::string text;
  const auto folded = std::ranges::find_if(table.lines, [](const TableLine& line) { return line.elements > 1; });
  if (folded != table.lines.end()) {
    const std::string& name = folded->row.name;
    text += name + " and the like: range of means, least ESS, largest R-hat. --vars " + name.substr(0, name.find('[')) +
            " shows the elements, --vars all everything\n";
  } else if (table.left_out > 0) {
    text += "--vars all shows everything\n";
  }
  if (!table.constants.empty()) text += "constant: " + joined(table.constants) + "\n";
  return text;
}

}  // namespace

std::string render(const Table& table, const RunFacts& facts, const Mark& mark) {
  std::vector<TextLine> lines(1);
  std::copy(kHeader.begin(), kHeader.end(), lines.front().cells.begin());
  for (const TableLine& line : table.lines) lines.push_back(text_line(line, facts));
  const std::size_t first_worst = lines.size();
  for (const SummaryRow& row : table.worst) lines.push_back(text_line({row}, facts));
  const Widths widths = widths_of(lines);
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i == first_worst) {
      if (table.left_out > 0) text += "... and " + std::to_string(table.left_out) + " more\n";
      text += "the worst of what is not shown one by one:\n";
    }
    text += aligned(lines[i], widths, mark);
  }
  return text + footnotes(table);
}

std::string render_csv(const std::vector<SummaryRow>& rows) {
  std::string text = "name,mean,sd,mcse_mean,q5,q50,q95,ess_bulk,ess_tail,rhat,missing\n";
  for (const SummaryRow& row : rows) {
    const bool has_comma = row.name.find(',') != std::string::npos;
    text += has_comma ? '"' + row.name + '"' : row.name;
    for (const double value :
         {row.mean, row.sd, row.mcse_mean, row.q5, row.q50, row.q95, row.ess_bulk, row.ess_tail, row.rhat}) {
      text += ',' + (std::isnan(value) ? "NaN" : shortest(value));
    }
    text += ',' + std::to_string(row.missing) + '\n';
  }
  return text;
}

}  // namespace exmc::diagnostics
