#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "exmc/io/draw_file.hpp"

namespace exmc::io {

/// A chain that cannot go on.
struct FailedChain {
  std::uint64_t chain = 0;
  std::string reason;
};

/// Missing values of an integer variable.
struct MissingIntegers {
  std::string variable, group;
  std::uint64_t count = 0, total = 0;  ///< of numbers
};

/// Reads the draws of a file, finished or not, also while another process writes it. Chains that failed are left out,
/// and those that have no draw yet where others have.
/// Everything that is wrong with the file (missing, truncated, foreign) throws IoError with one line.
class DrawReader {
 public:
  explicit DrawReader(const std::filesystem::path& path);
  DrawReader(DrawReader&&) noexcept;
  DrawReader& operator=(DrawReader&&) noexcept;
  ~DrawReader();

  [[nodiscard]] const std::string& path() const;
  [[nodiscard]] std::uint64_t chains() const;
  /// Their numbers, ascending, and those that are left out.
  [[nodiscard]] const std::vector<std::uint64_t>& chain_numbers() const;
  [[nodiscard]] const std::vector<FailedChain>& failed_chains() const;
  /// Numbers of those that have no draw yet; none where nobody has one.
  [[nodiscard]] const std::vector<std::uint64_t>& waiting_chains() const;
  /// Draws per chain of the finished run.
  [[nodiscard]] std::uint64_t draws() const;
  /// Draws of each of these chains that were durable when the file was opened.
  [[nodiscard]] const std::vector<std::uint64_t>& durable_draws() const;
  /// Draws that every chain has; 0 where all failed.
  [[nodiscard]] std::uint64_t common_draws() const;

  /// Whether the run may end, or has ended, before all of its draws are there.
  [[nodiscard]] bool has_goal() const;
  /// Whether fewer draws may still turn out to be enough, however many are there.
  [[nodiscard]] bool looks() const;
  /// How a goal was reached that ended the run before all of its draws were there; empty where none did.
  [[nodiscard]] const std::string& goal() const;

  /// Columns of /posterior and of /sample_stats, in the order of the layout.
  [[nodiscard]] std::vector<Column> variables() const;
  [[nodiscard]] std::vector<Column> statistics() const;

  /// What one row of a draw is made of, as FileLayout::row_text().
  [[nodiscard]] std::vector<std::string> row_text() const;

  /// Of each variable whose axes have names of their own the values along its axes; those of an axis without are empty.
  [[nodiscard]] std::map<std::string, std::vector<Coordinate>> axes() const;

  /// One element of a variable (row-major number `element` within its shape): chains x common_draws() doubles, chain by
  /// chain; missing integers are NaN. Going through the elements in order reads the file as few times as a cache of 16
  /// MiB allows.
  [[nodiscard]] std::vector<double> variable(const std::string& name, std::size_t element);
  /// The integer variables that have missing values: in the common draws of /posterior and /posterior_predictive, and
  /// in all draws from the prior. Reads every integer there is.
  [[nodiscard]] std::vector<MissingIntegers> missing_integers() const;
  /// A scalar statistic, in the same form.
  [[nodiscard]] std::vector<double> statistic(const std::string& name);

  /// Chains whose settling did not succeed (/sample_stats/settled is false).
  [[nodiscard]] std::vector<std::uint64_t> unsettled_chains() const;
  /// What the first warm-up that ended learned, a sentence each.
  [[nodiscard]] std::vector<std::string> learned() const;
  /// What all chains share of a warm-up, encoded; where they share nothing, what one of them ended its own with. Empty
  /// where there is neither.
  [[nodiscard]] std::string tuning() const;
  /// A string dataset, "model/ir" for instance.
  [[nodiscard]] std::string text(const std::string& dataset) const;

 private:
  class Reader;
  std::unique_ptr<Reader> reader_;
};

}  // namespace exmc::io
