#include "exact_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "density/distributions/distribution.hpp"
#include "density/distributions/terms.hpp"
#include "exmc/density/model_density.hpp"

namespace exmc::density::testing {
namespace {

constexpr double kTolerance = 1e-10;
/// Repetitions of a point where it is laid out as arrays: a full pack and a tail.
constexpr std::size_t kCopies = kLanes + 3;

/// A number or nested lists of them.
Array read_array(const nlohmann::json& json) {
  if (!json.is_array()) return Array::scalar(json.get<double>());
  Array array{{json.size()}, {}};
  for (const auto& entry : json) {
    const Array part = read_array(entry);
    array.shape.resize(1);
    array.shape.insert(array.shape.end(), part.shape.begin(), part.shape.end());
    array.values.insert(array.values.end(), part.values.begin(), part.values.end());
  }
  return array;
}

ExactPoint read_point(const nlohmann::json& json) {
  ExactPoint point{read_array(json.at("x")), {}, json.at("log_density"), json.at("gradient"), {}};
  for (const auto& parameter : json.at("at")) point.parameters.push_back(read_array(parameter));
  if (json.contains("error")) {
    point.error = json.at("error").get<std::vector<double>>();
  } else {
    const auto allowed = [](double value) { return kTolerance * std::max(1.0, std::abs(value)); };
    point.error.push_back(allowed(point.log_density));
    for (const double derivative : point.gradient) point.error.push_back(allowed(derivative));
  }
  return point;
}

/// The log density of one distribution as a program whose position holds the operands as they are, untransformed.
class Evaluation {
 public:
  Evaluation(const ExactCase& exact, const ExactPoint& point, Layout layout, Form form)
      : exact_(exact), x_is_data_(layout == Layout::data || is_constant("x")) {
    const Distribution* distribution = find_distribution(exact.distribution);
    if (distribution == nullptr) throw std::logic_error("no distribution " + exact.distribution);
    const Shape one, copies{kCopies}, &batch = layout == Layout::scalars ? one : copies;
    Array x = point.x;
    x.shape.resize(distribution->event_rank());  // scalars may be written as lists of one
    Variable variable{introduce("x", x, batch), {}};
    for (std::size_t i = 0; i < exact.parameters.size(); ++i) {
      variable.parameters[exact.parameters[i]] =
          introduce(exact.parameters[i], point.parameters[i], layout == Layout::arrays ? copies : one);
    }
    if (exact.tail) {
      evaluate_pointwise(distribution->cdf->log_probability(builder_, variable, *exact.tail));
    } else if (form == Form::pointwise) {
      evaluate_pointwise(builder_.pointwise(batch, [&] { distribution->lower(builder_, variable); }));
    } else {
      distribution->lower(builder_, variable);
      const double sum = evaluate(builder_.finish({}));
      log_densities_.push_back(sum / static_cast<double>(element_count(batch)));
    }
  }

  /// Of each draw, or their mean.
  [[nodiscard]] const std::vector<double>& log_densities() const { return log_densities_; }
  /// Of each element of each operand: the derivatives of its copies, all of which should be alike.
  [[nodiscard]] std::vector<std::vector<double>> gradient() const {
    std::vector<std::vector<double>> all;
    for (const Block& block : blocks_) {
      for (std::size_t i = 0; i < block.elements; ++i) {
        all.emplace_back();
        for (std::size_t copy = 0; copy < block.copies; ++copy) {
          all.back().push_back(gradient_[static_cast<Eigen::Index>(block.offset + copy * block.elements + i)] /
                               block.shared_by);
        }
      }
    }
    return all;
  }

 private:
  struct Block {
    std::size_t offset, elements, copies;
    double shared_by;  ///< elements of x that the derivative is a sum over
  };

  double evaluate(Program program) {
    ModelDensity density(std::make_shared<const Program>(std::move(program)));
    const Eigen::VectorXd position =
        Eigen::VectorXd::Map(position_.data(), static_cast<Eigen::Index>(position_.size()));
    const double sum = density.log_density(position, gradient_);
    log_densities_.resize(density.saved_size());
    density.write_saved(position, log_densities_);
    return sum;
  }

  /// With a density that counts every draw with a weight, which is then taken out of the gradient.
  void evaluate_pointwise(const View& values) {
    constexpr double weight = -0.5;
    add_multiple(builder_, weight, values, values.shape);
    Program program = builder_.finish(std::array{values});
    program.saved.push_back({"values", values.shape, 0});
    evaluate(std::move(program));
    gradient_ /= weight;
  }

  [[nodiscard]] bool is_constant(const std::string& name) const {
    return std::find(exact_.constant.begin(), exact_.constant.end(), name) != exact_.constant.end();
  }

  View introduce(const std::string& name, const Array& own, const Shape& batch) {
    const std::size_t copies = element_count(batch), count = own.values.size();
    Shape shape = batch;
    shape.insert(shape.end(), own.shape.begin(), own.shape.end());
    std::vector<double> repeated;
    for (std::size_t copy = 0; copy < copies; ++copy)
      repeated.insert(repeated.end(), own.values.begin(), own.values.end());
    if (name == "x") x_copies_ = copies;
    if (name == "x" ? x_is_data_ : is_constant(name)) {
      return builder_.constant(Array{shape, repeated});
    }
    blocks_.push_back({position_.size(), count, copies, static_cast<double>(x_copies_ / copies)});
    position_.insert(position_.end(), repeated.begin(), repeated.end());
    return builder_.position_block(shape, blocks_.size());
  }

  const ExactCase& exact_;
  bool x_is_data_;
  Builder builder_{std::size_t{1} << 16};
  std::vector<Block> blocks_;
  std::vector<double> position_;
  std::size_t x_copies_ = 1;
  std::vector<double> log_densities_;
  Eigen::VectorXd gradient_;
};

}  // namespace

std::vector<ExactCase> read_exact_table(const std::string& distribution, const std::string& folder) {
  std::ifstream file(std::string(EXMC_SOURCE_DIR) + "/tests/data/" + folder + "/" + distribution + ".json");
  std::vector<ExactCase> cases;
  const nlohmann::json json = nlohmann::json::parse(file);
  for (const auto& entry : json.at("cases")) {
    cases.push_back({distribution, entry.at("parameters"), entry.at("constant"), {}, {}});
    if (entry.contains("tail")) cases.back().tail = entry.at("tail") == "lower" ? Tail::lower : Tail::upper;
    for (const auto& point : entry.at("points")) cases.back().points.push_back(read_point(point));
  }
  return cases;
}

std::string mismatch(const ExactCase& exact, const ExactPoint& point, Layout layout, Form form) {
  const Evaluation evaluation(exact, point, layout, form);
  std::ostringstream text;
  text.precision(17);
  const auto compare = [&](const std::string& what, double found, double expected, double error) {
    if (std::abs(found - expected) <= error) return;
    text << what << " is " << found << ", expected " << expected << " within " << error << "; ";
  };
  for (const double log_density : evaluation.log_densities()) {
    compare("log density", log_density, point.log_density, point.error[0]);
  }
  const auto gradient = evaluation.gradient();
  const std::size_t skipped = point.gradient.size() - gradient.size();  // those in x, where it is data
  if (skipped != 0 && !(layout == Layout::data && skipped == point.x.values.size())) {
    throw std::logic_error("a table with another number of derivatives");
  }
  for (std::size_t i = skipped; i < point.gradient.size(); ++i) {
    for (const double derivative : gradient[i - skipped]) {
      compare("derivative " + std::to_string(i), derivative, point.gradient[i], point.error[i + 1]);
    }
  }
  if (text.str().empty()) return "";
  std::string where = exact.distribution + " at x =";
  for (const double x : point.x.values) where += ' ' + nlohmann::json(x).dump();
  for (std::size_t i = 0; i < point.parameters.size(); ++i) {
    where += ", " + exact.parameters[i] + " = " + nlohmann::json(point.parameters[i].values).dump();
  }
  return where + ": " + text.str();
}

}  // namespace exmc::density::testing
