#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "exmc/core/text.hpp"
#include "exmc/diagnostics/summary.hpp"

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

/// Names to the left, numbers to the right.
std::string aligned(const Cells& cells, const std::array<std::size_t, kHeader.size()>& widths) {
  std::string line = cells[0] + std::string(widths[0] - width(cells[0]), ' ');
  for (std::size_t i = 1; i < cells.size(); ++i)
    line += "  " + std::string(widths[i] - cells[i].size(), ' ') + cells[i];
  return line + "\n";
}

}  // namespace

std::string render_table(const std::vector<SummaryRow>& rows, std::size_t max_rows) {
  std::vector<Cells> table(1);
  std::copy(kHeader.begin(), kHeader.end(), table.front().begin());
  for (std::size_t i = 0; i < std::min(rows.size(), max_rows); ++i) table.push_back(cells_of(rows[i]));

  std::array<std::size_t, kHeader.size()> widths{};
  for (const Cells& cells : table) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], width(cells[i]));
  }
  std::string text;
  for (const Cells& cells : table) text += aligned(cells, widths);
  if (rows.size() > max_rows) text += "... and " + std::to_string(rows.size() - max_rows) + " more\n";
  return text;
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
