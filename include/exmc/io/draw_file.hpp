#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "exmc/core/array.hpp"
#include "exmc/core/coordinate.hpp"
#include "exmc/core/ids.hpp"
#include "exmc/core/process.hpp"
#include "exmc/io/event.hpp"

namespace exmc::io {

/// How a column is stored in the file; rows always travel as doubles. What an int64 column cannot hold, because it is
/// not finite or beyond 64 bits, becomes its missing value; what is not finite in a boolean one -1.
enum class Storage { float64, float32, int64, boolean };
[[nodiscard]] constexpr std::size_t stored_bytes(Storage storage) {
  return storage == Storage::boolean ? 1 : storage == Storage::float32 ? 4 : 8;
}
/// Missing values of int64 columns: -1 where that cannot be a value, else the other.
inline constexpr std::int64_t kMissingCount = -1, kMissingInteger = std::numeric_limits<std::int64_t>::min();

/// A variable of a group with dimensions (chain, draw, shape...).
struct Column {
  std::string name;
  Shape shape;  ///< of one draw
  Storage storage = Storage::float64;
  std::vector<std::string> dims{};  ///< what the axes of the shape are called; empty: <name>_dim_<n>
  /// Of an int64 column, in the file its attribute _FillValue.
  std::int64_t missing = kMissingCount;
};

/// A constant array with a name, for /observed_data and /constant_data.
struct NamedArray {
  std::string name;
  Array value;
  std::vector<std::string> dims{};  ///< as a column's
};

/// Draws from the prior, which are there from the beginning: groups /prior and /prior_predictive, as of one chain.
struct PriorDraws {
  std::uint64_t draws = 0;                ///< 0: there are no such groups
  std::vector<Column> prior, predictive;  ///< in the order of a row
  /// Writes a draw into a row; asked for each, in order, while a file is made that does not continue another.
  std::function<void(std::uint64_t draw, std::span<double> row)> write{};
};

/// Groups that hold more of each draw than /posterior does, in the order of a row, where it has them.
enum class Quantities { posterior_predictive, log_likelihood, log_prior };
inline constexpr std::array kQuantities = {Quantities::posterior_predictive, Quantities::log_likelihood,
                                           Quantities::log_prior};
[[nodiscard]] std::string group_name(Quantities group);

/// All that must be known before the first draw: the file's objects are made at once and none is added later.
struct FileLayout {
  std::uint64_t chains = 0;
  std::uint64_t draws = 0;                               ///< per chain
  std::uint64_t thin = 1;                                ///< iterations of which one is a draw
  std::uint64_t warmup = 0;                              ///< rows of /warmup_* per chain; 0: not saved
  std::vector<Column> statistics;                        ///< of /sample_stats; a row holds them first,
  std::vector<Column> variables;                         ///< then these, of /posterior; a row of warm-up ends here
  std::map<Quantities, std::vector<Column>> quantities;  ///< then these; a group without columns is not made
  PriorDraws prior;
  std::vector<NamedArray> observed, constant;
  std::map<std::string, Coordinate> coords;                ///< of dimensions; those without count from 0
  std::vector<std::pair<std::string, std::string>> model;  ///< string datasets of /model
  std::vector<std::pair<std::string, std::string>> run;    ///< string datasets of /run
  bool is_predicted = false;                               ///< quantities are filled in later: /run/predicted
  bool has_goal = false;                                   ///< fewer draws may be enough: /run/looked
  /// Room for what a resume goes on from: bytes of the longest; 0: none is kept.
  std::uint64_t state_bytes = 0;         ///< state of a chain that is out of its own warm-up; one for each chain
  std::uint64_t warmup_state_bytes = 0;  ///< state of a chain in its own warm-up, and the
  std::uint64_t tuning_bytes = 0;        ///< tuning it ends with, and the shared one; one for each of the
  std::uint64_t warmed_chains = 0;       ///< chains [0, warmed_chains) that warm themselves up

  /// Doubles in one row of a draw: the elements of all its columns.
  [[nodiscard]] std::size_t row_width() const;
  /// What one row of a draw is made of, in its order: group, name and shape, "/posterior/x [3, 2]".
  [[nodiscard]] std::vector<std::string> row_text() const;
};

/// How long the file will be, to about two percent and 8 KiB: all of its space is taken at the start.
[[nodiscard]] std::uint64_t expected_bytes(const FileLayout& layout);

/// What to do about a file that stands where the output is to go.
enum class Existing { refuse, replace };

/// What a chain goes on from: its encoded state, and the rows it had written when the state was taken.
struct SavedState {
  std::uint64_t warmup_rows = 0, draws = 0;
  std::string bytes;
};

/// The tuning that all chains share.
struct SharedTuning {
  static constexpr std::uint64_t kElsewhere = std::numeric_limits<std::uint32_t>::max();

  std::uint64_t warmed_by = kElsewhere;  ///< the chain whose warm-up it is from; kElsewhere: another run's
  std::string bytes;
};

class DrawsSoFar;

/// The output file of a run, locked for as long as this lives. Its objects are made by create(); from then on draws are
/// written in place, so that the file can be read at every instant, also after a SIGKILL (docs/file-format.md).
/// Everything that fails outside the program throws IoError.
class DrawFile {
 public:
  /// Makes the file under its name at once and complete but for its draws, or not at all.
  /// @throws InputError when it exists and is not to be replaced, or is no regular file.
  [[nodiscard]] static DrawFile create(const std::filesystem::path& path, const FileLayout& layout, Existing existing);

  /// Goes on with a file whose writer is gone. Chains continue after the rows of their saved states. `check` is called
  /// when the file is locked and nothing of it was changed; what it throws leaves it so.
  [[nodiscard]] static DrawFile resume(const std::filesystem::path& path, const std::function<void()>& check = {});

  /// The same where the writer was a process of this run that was killed, and its host runs: all that it wrote is
  /// there, and so events count that it had no time to count. `check` may refuse the writer by throwing.
  [[nodiscard]] static DrawFile take_over(const std::filesystem::path& path,
                                          const std::function<void(const Process& writer)>& check = {});

  /// The same draws and states in a file of a longer layout, which takes this one's name in one step once it is
  /// complete: whatever happens on the way, one of the two has the name. Nothing was appended yet since resume().
  [[nodiscard]] DrawFile extended(const FileLayout& layout) &&;

  /// The first `draws` draws of each chain, which all have, in a file that takes this one's name in the same way. No
  /// chain goes on from it; `goal`, for people, says why. The tunings stay.
  [[nodiscard]] DrawFile cut(std::uint64_t draws, const std::string& goal) &&;

  DrawFile(DrawFile&&) noexcept;
  DrawFile& operator=(DrawFile&&) noexcept;
  ~DrawFile();

  /// Puts rows [first, first + rows.size() / width of a row) of a chain in their place, in /warmup_* where `warmup`.
  /// Writing a row again is allowed. Rows must not leave a gap after those appended before, nor exceed the layout's
  /// (std::logic_error).
  void append(ChainId chain, bool warmup, std::uint64_t first, std::span<const double> rows);

  /// /sample_stats/settled of one chain.
  void set_settled(ChainId chain, bool settled);

  /// Adds a row to /run/events; the next flush counts it. @return false where there is no room left.
  bool add_event(const Event& event);
  /// All rows of /run/events.
  [[nodiscard]] std::vector<Event> events() const;
  /// /run/chains of one chain: a rank runs it, it is complete, and it cannot go on.
  void begin_chain(ChainId chain, const ChainPlace& place);
  void end_chain(ChainId chain, double time);
  void fail_chain(ChainId chain, double time, const std::string& reason);

  /// Keeps a chain's state as it is after the rows appended so far. The next flush writes it, behind those rows.
  void keep_state(ChainId chain, std::string state);
  /// The same for a chain that is still in a warm-up of its own.
  void keep_warmup(ChainId chain, std::string state);
  /// Keeps the tuning that a chain's warm-up ended with. The next flush writes it, before any state.
  void keep_tuning(ChainId chain, std::string tuning);
  /// The same of the tuning that all chains share.
  void keep_shared_tuning(SharedTuning tuning);

  /// Makes everything appended durable (fsync) and then records how much it is in /run/progress, with the states kept,
  /// durably as well.
  /// @return draws (rows of /posterior) on disk, over all chains.
  std::uint64_t flush();

  /// Draws per chain that there is room for.
  [[nodiscard]] std::uint64_t draws() const;
  /// Draws of each chain that the last flush made durable.
  [[nodiscard]] const std::vector<std::uint64_t>& durable_draws() const;

  /// Fewer draws than so many are known not to be enough, where that is asked. The next flush makes it durable.
  void set_looked(std::uint64_t draws);
  [[nodiscard]] std::uint64_t looked() const;
  /// What cut() was told of a file that it made; else empty.
  [[nodiscard]] const std::string& goal() const;
  /// Draws [0, draws) of the chains, which have them all appended (exmc/io/draws_so_far.hpp).
  [[nodiscard]] std::unique_ptr<DrawsSoFar> draws_so_far(std::vector<std::uint64_t> chains, std::uint64_t draws);

  /// What was last durable when the file was resumed; nothing for a chain that had none, and in a new file. Where there
  /// is a state, that of the warm-up is history.
  [[nodiscard]] std::optional<SavedState> saved_state(ChainId chain) const;
  [[nodiscard]] std::optional<SavedState> saved_warmup(ChainId chain) const;
  [[nodiscard]] std::string saved_tuning(ChainId chain) const;
  [[nodiscard]] std::optional<SharedTuning> saved_shared_tuning() const;

  /// Flushes, lets go of the lock and closes; nothing can be written afterwards. @return as flush()
  std::uint64_t finish();

 private:
  class Writer;
  enum class Uncounted : std::uint8_t;
  static DrawFile go_on(const std::filesystem::path& path, Uncounted events,
                        const std::function<void(const Process&)>& check);
  explicit DrawFile(std::unique_ptr<Writer> writer);
  DrawFile in_other_layout(const FileLayout& layout) &&;
  std::unique_ptr<Writer> writer_;
};

}  // namespace exmc::io
