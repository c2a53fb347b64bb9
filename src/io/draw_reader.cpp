#include "exmc/io/draw_reader.hpp"

#include <fcntl.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "element_reader.hpp"
#include "exmc/core/error.hpp"
#include "hdf5.hpp"
#include "layout.hpp"
#include "posix_file.hpp"

namespace exmc::io {
namespace {

/// Runs `read`, whose HDF5 failures are the file's.
template <class Read>
auto reading(const std::string& path, Read read) {
  h5::prepare_library();
  try {
    return read();
  } catch (const h5::Failure& failure) {
    throw IoError(path + ": " + failure.what());
  }
}

const Placement& find(const std::vector<Placement>& placements, const std::string& name) {
  const auto found = std::find_if(placements.begin(), placements.end(),
                                  [&](const Placement& placement) { return placement.column.name == name; });
  if (found == placements.end()) throw std::logic_error("no column " + name);
  return *found;
}

}  // namespace

class DrawReader::Reader {
 public:
  explicit Reader(const std::string& path) : path_(path), file_(path, O_RDONLY, path) {
    map_ = reading(path, [&] { return read_map(path); });
    std::vector<std::uint64_t> counts(map_.chains);
    file_.read_at(map_.progress, counts.data(), counts.size() * sizeof(std::uint64_t));
    const std::vector<std::string> failures = map_.chain_table.failures(file_, map_.chains);
    for (std::uint64_t chain = 0; chain < map_.chains; ++chain) {
      if (counts[chain] > map_.draws) throw IoError(path + ": /run/progress counts more draws than there is room for");
      if (!failures[chain].empty()) {
        failed_.push_back({chain, failures[chain]});
        continue;
      }
      numbers_.push_back(chain);
      durable_.push_back(counts[chain]);
    }
    common_ = durable_.empty() ? 0 : *std::min_element(durable_.begin(), durable_.end());
    elements_ = ElementReader(numbers_, common_);
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const FileMap& map() const { return map_; }
  [[nodiscard]] const std::vector<std::uint64_t>& durable() const { return durable_; }
  [[nodiscard]] const std::vector<std::uint64_t>& numbers() const { return numbers_; }
  [[nodiscard]] const std::vector<FailedChain>& failed() const { return failed_; }
  [[nodiscard]] std::uint64_t common() const { return common_; }
  [[nodiscard]] bool looks() const { return map_.looked && map_.goal.empty() && read_looked(file_, map_) < map_.draws; }

  std::vector<double> element(const Placement& column, std::size_t element) {
    return elements_.read(file_, column, element);
  }

  [[nodiscard]] std::vector<MissingIntegers> missing_integers() const {
    std::vector<MissingIntegers> found;
    const auto look = [&](const std::string& group, const std::vector<Placement>& columns,
                          const std::vector<std::uint64_t>& chains, std::uint64_t draws) {
      for (const Placement& at : columns) {
        MissingIntegers seen{at.column.name, group, 0, chains.size() * draws * at.elements};
        for (const std::uint64_t chain : chains) seen.count += count_missing(file_, at, chain, draws);
        if (seen.count > 0) found.push_back(std::move(seen));
      }
    };
    look("posterior", map_.variables, numbers_, common_);
    if (const auto predictive = map_.quantities.find(Quantities::posterior_predictive);
        predictive != map_.quantities.end()) {
      look(group_name(predictive->first), predictive->second, numbers_, common_);
    }
    const std::vector<const Placement*> prior = map_.prior_row();
    const std::uint64_t draws = prior.empty() ? 0 : prior.front()->draws;
    look("prior", map_.prior, {0}, draws);
    look("prior_predictive", map_.prior_predictive, {0}, draws);
    return found;
  }

  [[nodiscard]] std::vector<std::uint64_t> unsettled() const {
    std::vector<std::int8_t> settled(map_.chains);
    file_.read_at(map_.settled, settled.data(), settled.size());
    std::vector<std::uint64_t> chains;
    for (const std::uint64_t chain : numbers_) {
      if (settled[chain] == 0) chains.push_back(chain);
    }
    return chains;
  }

  [[nodiscard]] std::vector<std::string> learned() const {
    std::vector<std::string> sentences;
    for (const Event& event : map_.events.read(file_, map_.events.read_counts(file_).events)) {
      if (event.kind == "learned") sentences.push_back(event.action);
    }
    return sentences;
  }

  [[nodiscard]] std::string tuning() const {
    for (std::uint64_t record = map_.tunings.records(); record-- > 0;) {  // the shared one is the last
      if (const std::optional<SavedState> tuning = map_.tunings.read(file_, record)) return tuning->bytes;
    }
    return {};
  }

  [[nodiscard]] std::map<std::string, std::vector<Coordinate>> axes() const {
    return reading(path_, [&] { return read_axes(path_, map_.variables); });
  }

  [[nodiscard]] std::string text(const std::string& dataset) const {
    return reading(path_, [&] { return h5::read_string(h5::open_file(path_), dataset); });
  }

 private:
  std::string path_;
  PosixFile file_;
  FileMap map_;
  std::vector<std::uint64_t> numbers_, durable_;
  std::vector<FailedChain> failed_;
  std::uint64_t common_ = 0;
  ElementReader elements_;
};

DrawReader::DrawReader(const std::filesystem::path& path) : reader_(std::make_unique<Reader>(path.string())) {}
DrawReader::DrawReader(DrawReader&&) noexcept = default;
DrawReader& DrawReader::operator=(DrawReader&&) noexcept = default;
DrawReader::~DrawReader() = default;

std::uint64_t DrawReader::chains() const { return reader_->numbers().size(); }
const std::vector<std::uint64_t>& DrawReader::chain_numbers() const { return reader_->numbers(); }
const std::vector<FailedChain>& DrawReader::failed_chains() const { return reader_->failed(); }
std::uint64_t DrawReader::draws() const { return reader_->map().draws; }
const std::vector<std::uint64_t>& DrawReader::durable_draws() const { return reader_->durable(); }
std::uint64_t DrawReader::common_draws() const { return reader_->common(); }
const std::string& DrawReader::path() const { return reader_->path(); }
bool DrawReader::has_goal() const { return reader_->map().looked.has_value(); }
bool DrawReader::looks() const { return reader_->looks(); }
const std::string& DrawReader::goal() const { return reader_->map().goal; }
std::vector<Column> DrawReader::variables() const { return columns_of(reader_->map().variables); }
std::vector<Column> DrawReader::statistics() const { return columns_of(reader_->map().statistics); }

std::vector<double> DrawReader::variable(const std::string& name, std::size_t element) {
  return reader_->element(find(reader_->map().variables, name), element);
}
std::vector<double> DrawReader::statistic(const std::string& name) {
  return reader_->element(find(reader_->map().statistics, name), 0);
}
std::vector<MissingIntegers> DrawReader::missing_integers() const { return reader_->missing_integers(); }
std::string DrawReader::tuning() const { return reader_->tuning(); }
std::vector<std::string> DrawReader::learned() const { return reader_->learned(); }
std::vector<std::uint64_t> DrawReader::unsettled_chains() const { return reader_->unsettled(); }
std::map<std::string, std::vector<Coordinate>> DrawReader::axes() const { return reader_->axes(); }
std::string DrawReader::text(const std::string& dataset) const { return reader_->text(dataset); }

}  // namespace exmc::io
