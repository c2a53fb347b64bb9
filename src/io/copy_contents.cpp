#include "copy_contents.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>

namespace exmc::io {
namespace {

const Placement& find(const std::vector<Placement>& columns, const std::string& name) {
  const auto found = std::ranges::find(columns, name, [](const Placement& at) { return at.column.name; });
  if (found == columns.end()) throw std::logic_error("a file without the column " + name + " was to be copied");
  return *found;
}

void copy_columns(const PosixFile& from, const std::vector<Placement>& source, PosixFile& to,
                  const std::vector<Placement>& target, const std::vector<std::uint64_t>& chains,
                  const std::vector<std::uint64_t>& rows) {
  WorkMeter meter;
  for (const Placement& column : target) {
    meter.of += std::accumulate(rows.begin(), rows.end(), std::uint64_t{0}) * column.elements * column.element_bytes();
  }
  for (const Placement& column : target) {
    const Placement& there = find(source, column.column.name);
    for (std::uint64_t chain = 0; chain < rows.size(); ++chain)
      copy_rows(from, there, to, column, {chains[chain], chain}, rows[chain], meter);
  }
}

void copy_states(const PosixFile& from, const StateSlots& source, PosixFile& to, const StateSlots& target) {
  GatheredWrites writes(to);
  for (std::uint64_t record = 0; record < std::min(source.records(), target.records()); ++record) {
    StateSlots::Newest none;
    const std::optional<SavedState> state = source.read(from, record);
    if (state) target.write(writes, record, *state, none);
  }
  writes.write();
}

}  // namespace

void copy_contents(const PosixFile& from, const FileMap& source, PosixFile& to, const FileMap& target,
                   const RowCounts& rows) {
  copy_columns(from, source.statistics, to, target.statistics, rows.chains, rows.draws);
  copy_columns(from, source.variables, to, target.variables, rows.chains, rows.draws);
  for (const auto& [group, columns] : target.quantities) {
    const auto found = source.quantities.find(group);
    if (found == source.quantities.end()) continue;  // it is still to be made
    copy_columns(from, found->second, to, columns, rows.chains, rows.draws);
  }
  const auto draws_in = [](const std::vector<const Placement*>& row) { return row.empty() ? 0 : row.front()->draws; };
  const std::vector<std::uint64_t> prior_draws{draws_in(target.prior_row())};
  if (prior_draws.front() > 0 && prior_draws.front() == draws_in(source.prior_row())) {
    copy_columns(from, source.prior, to, target.prior, {0}, prior_draws);
    copy_columns(from, source.prior_predictive, to, target.prior_predictive, {0}, prior_draws);
  }
  copy_columns(from, source.warmup_statistics, to, target.warmup_statistics, rows.chains, rows.warmup);
  copy_columns(from, source.warmup_variables, to, target.warmup_variables, rows.chains, rows.warmup);
  std::vector<std::int8_t> settled(source.chains);
  from.read_at(source.settled, settled.data(), settled.size());
  for (std::uint64_t chain = 0; chain < rows.chains.size(); ++chain) {
    to.write_at(target.settled + chain, &settled[rows.chains[chain]], 1);
  }
  copy_states(from, source.tunings, to, target.tunings);
  copy_states(from, source.warmups, to, target.warmups);
  copy_states(from, source.states, to, target.states);
  if (source.looked && target.looked) {
    const std::uint64_t looked = read_looked(from, source);
    to.write_at(*target.looked, &looked, sizeof looked);
  }
  source.events.copy(from, to, target.events);
  source.chain_table.copy(from, to, target.chain_table, rows.chains);
  to.write_at(target.progress, rows.draws.data(), rows.draws.size() * sizeof(std::uint64_t));
  to.write_at(target.warmup_progress, rows.warmup.data(), rows.warmup.size() * sizeof(std::uint64_t));
}

}  // namespace exmc::io
