#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <span>
#include <tuple>

#include "exmc/core/text.hpp"
#include "exmc/diagnostics/table.hpp"

namespace exmc::diagnostics {
namespace {

bool is_constant(const SummaryRow& row) { return row.sd == 0 && std::isfinite(row.mean) && row.missing == 0; }

/// A variable and its rows that vary.
struct Group {
  const TableVariable* variable;
  std::vector<const SummaryRow*> rows;
  bool folded = false;

  [[nodiscard]] std::size_t lines() const { return folded ? 1 : rows.size(); }
};

std::vector<Group> grouped(std::span<const SummaryRow> rows, const std::vector<TableVariable>& variables,
                           std::vector<std::string>& constants) {
  std::vector<Group> groups;
  for (const TableVariable& variable : variables) {
    const auto own = rows.first(element_count(variable.shape));
    rows = rows.subspan(own.size());
    Group group{&variable, {}};
    for (const SummaryRow& row : own) {
      if (!is_constant(row)) group.rows.push_back(&row);
    }
    const std::size_t constant = own.size() - group.rows.size();
    if (constant > 0 && own.size() == 1) {
      constants.push_back(variable.name + " = " + shortest(own.front().mean));
    } else if (constant > 0) {
      constants.push_back(std::to_string(constant) + " of " + std::to_string(own.size()) + " elements of " +
                          variable.name);
    }
    if (!group.rows.empty()) groups.push_back(std::move(group));
  }
  return groups;
}

/// The longest first, until the lines are few enough or nothing is left to be folded.
void fold_longest(std::vector<Group>& groups) {
  std::size_t lines = 0;
  std::vector<Group*> longest;
  for (Group& group : groups) {
    lines += group.lines();
    if (group.rows.size() > 1) longest.push_back(&group);
  }
  std::ranges::stable_sort(longest, [](const Group* a, const Group* b) { return a->rows.size() > b->rows.size(); });
  for (Group* group : longest) {
    if (lines <= kMostLines) return;
    lines -= group->rows.size() - 1;
    group->folded = true;
  }
}

/// "theta[0:8, 0:3]"
std::string whole_name(const TableVariable& variable) {
  std::string axes;
  for (const std::size_t length : variable.shape) axes += (axes.empty() ? "0:" : ", 0:") + std::to_string(length);
  return variable.name + "[" + axes + "]";
}

/// NaN where all are.
template <class Better>
double extreme(const std::vector<const SummaryRow*>& rows, double SummaryRow::*number, Better better) {
  double found = std::numeric_limits<double>::quiet_NaN();
  for (const SummaryRow* row : rows) {
    if (std::isnan(found) || better(row->*number, found)) found = row->*number;
  }
  return found;
}

TableLine folded_line(const Group& group) {
  const auto least = [&](double SummaryRow::*number) { return extreme(group.rows, number, std::less<>()); };
  const auto largest = [&](double SummaryRow::*number) { return extreme(group.rows, number, std::greater<>()); };
  TableLine line;
  line.elements = group.rows.size();
  line.row.name = whole_name(*group.variable);
  line.row.sd = 1;  // they vary
  line.row.ess_bulk = least(&SummaryRow::ess_bulk);
  line.row.ess_tail = least(&SummaryRow::ess_tail);
  line.row.rhat = largest(&SummaryRow::rhat);
  line.least_mean = least(&SummaryRow::mean);
  line.largest_mean = largest(&SummaryRow::mean);
  return line;
}

/// What is not finite before what warnings are about, before what has the larger R-hat, before what has the smaller
/// ESS.
std::vector<SummaryRow> worst_of(std::vector<const SummaryRow*> rows, const RunFacts& facts) {
  const auto key = [&](const SummaryRow* row) {
    const Suspicion suspicious = suspicion(*row, facts);
    const auto or_none = [](double number) { return std::isnan(number) ? 0 : number; };
    return std::tuple(std::isfinite(row->mean), !(suspicious.rhat || suspicious.ess), -or_none(row->rhat),
                      or_none(std::min(row->ess_bulk, row->ess_tail)));
  };
  std::ranges::stable_sort(rows, {}, key);
  std::vector<SummaryRow> worst;
  for (std::size_t i = 0; i < std::min(rows.size(), kMostWorst); ++i) worst.push_back(*rows[i]);
  return worst;
}

}  // namespace

Table whole_table(const std::vector<SummaryRow>& rows) {
  Table table;
  for (const SummaryRow& row : rows) table.lines.push_back({row});
  return table;
}

Table folded_table(const std::vector<SummaryRow>& rows, const std::vector<TableVariable>& variables,
                   const RunFacts& facts) {
  Table table;
  std::vector<Group> groups = grouped(rows, variables, table.constants);
  std::ranges::stable_partition(groups, [](const Group& group) { return element_count(group.variable->shape) == 1; });
  fold_longest(groups);
  std::vector<const SummaryRow*> hidden;
  for (const Group& group : groups) {
    const std::size_t room = kMostLines - table.lines.size();
    const std::size_t shown = std::min(room, group.lines());
    table.left_out += group.lines() - shown;
    if (group.folded) {
      if (shown == 1) table.lines.push_back(folded_line(group));
      std::ranges::copy(group.rows, std::back_inserter(hidden));
      continue;
    }
    for (std::size_t i = 0; i < group.rows.size(); ++i) {
      i < shown ? table.lines.push_back({*group.rows[i]}) : hidden.push_back(group.rows[i]);
    }
  }
  table.worst = worst_of(std::move(hidden), facts);
  return table;
}

}  // namespace exmc::diagnostics
