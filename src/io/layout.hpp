#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "event_table.hpp"
#include "exmc/io/draw_file.hpp"
#include "placement.hpp"
#include "state_slots.hpp"

namespace exmc::io {

/// Version of the layout in docs/file-format.md, the attribute "exmc_format" of the root group.
inline constexpr std::int64_t kFormatVersion = 3;
/// Attribute of the root group where not every iteration is a draw: of how many one is.
inline constexpr const char* kThin = "exmc_thin";
/// Of a run that may end before all of its draws are there: how its goal was reached, and up to where it was not.
inline constexpr const char *kGoal = "goal", *kLooked = "looked";
/// Of groups that are made of a finished file's draws: how many rows of each chain there are, and which groups.
inline constexpr const char *kPredicted = "predicted", *kPredicting = "predicting";
/// Bytes of /run/writer_host, filled up with zeros.
inline constexpr std::size_t kHostBytes = 256;

/// Writes an HDF5 file with every object of the layout and no draws; places for draws are allocated, not filled.
/// @throws h5::Failure.
void write_layout(const std::string& path, const FileLayout& layout);

/// Draws per chunk of a column: equal chunks of at least 64 KiB, so that the last one wastes little, and of whole pages
/// where that makes them an eighth longer at most; the whole axis where that is smaller.
[[nodiscard]] std::uint64_t chunk_draws(std::uint64_t draws, std::uint64_t draw_bytes);

/// About what the index of all chunks takes in the file.
[[nodiscard]] std::uint64_t index_bytes(const FileLayout& layout);

/// Where everything that changes after write_layout() stands in the file.
struct FileMap {
  std::uint64_t chains = 0, draws = 0, warmup = 0, thin = 1;
  std::vector<Placement> statistics, variables;                ///< of /sample_stats and /posterior
  std::map<Quantities, std::vector<Placement>> quantities;     ///< where the file has them
  std::vector<Placement> prior, prior_predictive;              ///< of one chain; empty where there are none
  std::vector<Placement> warmup_statistics, warmup_variables;  ///< empty when not kept
  std::uint64_t settled = 0;                                   ///< offset of chains x int8
  std::uint64_t progress = 0, warmup_progress = 0;             ///< offsets of chains x int64
  StateSlots states;                                           ///< of each chain that is out of its own warm-up
  StateSlots warmups, tunings;                                 ///< of each chain with a warm-up of its own
  EventTable events;
  ChainTable chain_table;
  std::optional<std::uint64_t> looked;     ///< offset of an int64; nothing where there is no goal
  std::optional<std::uint64_t> predicted;  ///< offset of chains x int64: rows of the groups that are made afterwards
  std::string predicting;                  ///< /run/predicting: the names of these groups
  std::string goal;                        ///< /run/goal: how it was reached; empty where it was not
  std::uint64_t writer_host = 0, writer_pid = 0, writer_start = 0, writer_since = 0;

  /// The columns of a draw and of an iteration of the warm-up, in the order of a row.
  [[nodiscard]] std::vector<const Placement*> draw_row() const;
  [[nodiscard]] std::vector<const Placement*> warmup_row() const;
  [[nodiscard]] std::vector<const Placement*> prior_row() const;
};

/// Draws of a chain of which fewer are known not to be enough; 0 where there is no goal.
[[nodiscard]] std::uint64_t read_looked(const PosixFile& file, const FileMap& map);

/// A number for each chain, as they stand at a place of the map: of draws, say.
[[nodiscard]] std::vector<std::uint64_t> read_counts(const PosixFile& file, std::uint64_t offset, std::uint64_t chains);

/// Whether no groups are being made of the file's draws, or all of their rows are there.
[[nodiscard]] bool is_predicted(const PosixFile& file, const FileMap& map);
/// @throws IoError where groups are being made of the file's draws, and not all of their rows are there.
void require_predicted(const PosixFile& file, const FileMap& map);

/// What write_layout() was given, less the room for states. @throws h5::Failure as read_map().
[[nodiscard]] FileLayout read_layout(const std::string& path, const FileMap& map);

/// Of each variable whose axes have names of their own the values along its axes; those of an axis without are empty.
/// @throws h5::Failure as read_map().
[[nodiscard]] std::map<std::string, std::vector<Coordinate>> read_axes(const std::string& path,
                                                                       const std::vector<Placement>& variables);

/// Reads the map of a file made by write_layout(). @throws h5::Failure when it is damaged or from elsewhere.
[[nodiscard]] FileMap read_map(const std::string& path);

}  // namespace exmc::io
