#include "predict_task.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <limits>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "exmc/core/fault_point.hpp"
#include "exmc/runtime/wire.hpp"

namespace exmc::app {
namespace {

/// Numbers of draws that are read at once.
constexpr std::size_t kBatchNumbers = 1 << 19;
constexpr std::uint64_t kMostDraws = 4096;

std::string encode_rows(std::uint64_t rows) { return runtime::Encoder().put(rows).take(); }

std::uint64_t decode_rows(const std::string& state) {
  return state.empty() ? 0 : runtime::Decoder(state).get<std::uint64_t>();
}

runtime::ChainProgress progress_of(std::uint64_t rows, std::uint64_t draws) {
  return {rows < draws ? "sampling" : "complete", rows, draws, 0, 0, 0};
}

class PredictTask final : public runtime::ChainTask {
 public:
  PredictTask(const PredictPlan& plan, ChainId chain, std::uint64_t rows, runtime::Pulse& pulse)
      : chain_(chain),
        key_{plan.seed, chain},
        thin_(plan.thin),
        rows_(rows),
        file_(plan.file),
        draws_(file_.draws().at(chain.value)),
        quantities_(plan.quantities),
        pulse_(pulse),
        position_(static_cast<Eigen::Index>(quantities_.dimension())) {
    std::map<std::string, Shape> there;
    for (const io::Column& column : file_.variables()) there.emplace(column.name, column.shape);
    for (std::size_t i = 0; i < plan.columns.size(); ++i) {
      const density::FreeParameter& parameter = quantities_.parameters()[i];
      const auto found = there.find(plan.columns[i]);
      if (found == there.end() || found->second != parameter.shape) continue;
      read_.push_back({plan.columns[i], parameter.offset});
    }
  }

  bool advance(runtime::Block& block, const std::function<bool(std::size_t)>& enough) override {
    block.chain = chain_;
    block.begin = block.first = rows_;
    while (rows_ < draws_) {
      fault_point(FaultPhase::sampling, rows_);
      fetch();
      const std::size_t begin = block.values.size();
      block.values.resize(begin + quantities_.saved_size());
      quantities_.write_saved(position_, std::span(block.values).subspan(begin), {key_, rows_ * thin_});
      ++rows_;
      ++block.rows;
      pulse_.beat();
      if (enough(block.values.size() * sizeof(double))) break;
    }
    block.end = rows_;
    block.state = encode_rows(rows_);
    return rows_ < draws_;
  }

  [[nodiscard]] runtime::ChainProgress progress() const override { return progress_of(rows_, draws_); }

 private:
  /// The parameters of the next draw. What the file does not have of them is not needed.
  void fetch() {
    const auto dimension = static_cast<std::size_t>(position_.size());
    if (rows_ < first_ || rows_ >= first_ + count_) {
      first_ = rows_;
      count_ = std::clamp<std::uint64_t>(kBatchNumbers / std::max<std::size_t>(1, dimension), 1, kMostDraws);
      count_ = std::min(count_, draws_ - first_);
      batch_.assign(dimension * count_, std::numeric_limits<double>::quiet_NaN());
      for (const auto& [column, offset] : read_) {
        file_.read(column, chain_, first_, count_, batch_.data() + offset * count_);
      }
    }
    for (std::size_t i = 0; i < dimension; ++i) {
      position_[static_cast<Eigen::Index>(i)] = batch_[i * count_ + (rows_ - first_)];
    }
  }

  ChainId chain_;
  StreamKey key_;
  std::uint64_t thin_, rows_;
  io::PredictedDraws file_;
  std::uint64_t draws_;
  density::ModelDensity quantities_;
  runtime::Pulse& pulse_;
  Eigen::VectorXd position_;
  std::vector<std::pair<std::string, std::size_t>> read_;  ///< columns of parameters, and where these begin
  std::vector<double> batch_;                              ///< parameter by parameter, `count_` draws each
  std::uint64_t first_ = 0, count_ = 0;                    ///< which they are
};

}  // namespace

runtime::RecoveredChain predicted_chain(std::uint64_t rows, std::uint64_t draws) {
  runtime::RecoveredChain chain;
  chain.iterations = chain.draws = rows;
  if (rows > 0) chain.state = encode_rows(rows);
  chain.complete = rows >= draws;
  if (rows > 0) chain.progress = progress_of(rows, draws);
  return chain;
}

std::unique_ptr<runtime::ChainTask> PredictFactory::make(ChainId chain, const std::string&, const std::string& state,
                                                         runtime::Pulse& pulse) {
  return std::make_unique<PredictTask>(plan_, chain, decode_rows(state), pulse);
}

}  // namespace exmc::app
