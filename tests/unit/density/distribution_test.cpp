#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

#include "exmc/core/random.hpp"
#include "models.hpp"

namespace exmc::density {
namespace {

using Parameters = std::map<std::string, double>;

double normal_reference(double x, const Parameters& p) {
  const double z = (x - p.at("mu")) / p.at("sigma");
  return -0.5 * z * z - std::log(p.at("sigma")) - 0.5 * std::log(2 * std::numbers::pi);
}

double student_t_reference(double x, const Parameters& p) {
  const double nu = p.at("nu"), z = (x - p.at("mu")) / p.at("sigma");
  return std::lgamma(0.5 * (nu + 1)) - std::lgamma(0.5 * nu) - 0.5 * std::log(nu * std::numbers::pi) -
         std::log(p.at("sigma")) - 0.5 * (nu + 1) * std::log1p(z * z / nu);
}

/// A distribution, how to write it down with plain numbers, and what its parameters may be.
struct Case {
  std::string name;
  std::function<double(double, const Parameters&)> log_density;
  std::vector<std::string> real, positive, unit;
  std::function<double(double)> make_data;  ///< from a standard normal
};

const std::vector<Case> kCases = {
    {"normal", normal_reference, {"mu"}, {"sigma"}, {}, [](double z) { return 2 * z; }},
    {"half_normal",
     [](double x, const Parameters& p) {
       return std::numbers::ln2 + normal_reference(x, {{"mu", 0}, {"sigma", p.at("sigma")}});
     },
     {},
     {"sigma"},
     {},
     [](double z) { return std::abs(z); }},
    {"exponential",
     [](double x, const Parameters& p) { return std::log(p.at("lam")) - p.at("lam") * x; },
     {},
     {"lam"},
     {},
     [](double z) { return z * z; }},
    {"student_t", student_t_reference, {"mu"}, {"sigma", "nu"}, {}, [](double z) { return 5 * z * z * z; }},
    {"bernoulli",
     [](double y, const Parameters& p) { return -std::log1p(std::exp(y > 0 ? -p.at("logit_p") : p.at("logit_p"))); },
     {"logit_p"},
     {},
     {},
     [](double z) { return z > 0 ? 1.0 : 0.0; }},
    {"bernoulli",
     [](double y, const Parameters& p) { return std::log(y > 0 ? p.at("p") : 1 - p.at("p")); },
     {},
     {},
     {"p"},
     [](double z) { return z > 0 ? 1.0 : 0.0; }},
};

std::string json_list(const std::vector<double>& values) {
  std::string text = "[";
  for (const double value : values) text += (text.size() > 1 ? ", " : "") + std::to_string(value);
  return text + "]";
}

/// A model of data with rows x columns where every parameter of the distribution is a free one that varies along the
/// axes of its own shape, so that all strides meet; compared with a double loop over the plain formula.
class Broadcasting : public ::testing::TestWithParam<std::tuple<std::size_t, unsigned, std::size_t>> {};

TEST_P(Broadcasting, GivesTheSumOverElements) {
  const auto [which, pattern, columns] = GetParam();
  const Case& distribution = kCases[which];
  constexpr std::size_t rows = 3;
  RandomStream random({11, ChainId{0}}, Purpose::start, which * 1000 + pattern * 100 + columns);
  std::vector<double> data(rows * columns);
  std::string lists;
  for (std::size_t r = 0; r < rows; ++r) {
    std::vector<double> row(columns);
    for (double& y : row) y = std::stod(std::to_string(distribution.make_data(random.normal())));
    std::copy(row.begin(), row.end(), data.begin() + static_cast<std::ptrdiff_t>(r * columns));
    lists += (r > 0 ? ", " : "") + json_list(row);
  }
  std::vector<std::string> names = distribution.real;
  names.insert(names.end(), distribution.positive.begin(), distribution.positive.end());
  names.insert(names.end(), distribution.unit.begin(), distribution.unit.end());
  const std::string shape = "[3, " + std::to_string(columns) + "]";
  const std::vector<std::string> shapes = {"[]", "[3, 1]", "[" + std::to_string(columns) + "]", shape};
  std::string nodes, keys;
  for (std::size_t k = 0; k < names.size(); ++k) {
    const std::string& own = shapes[(pattern >> (2 * k)) & 3U];
    const bool unit = !distribution.unit.empty();
    nodes += "\"raw_" + names[k] + "\": {\"dist\": \"normal\", \"mu\": 0, \"sigma\": 1, \"shape\": " + own + "}, ";
    const std::string raw = "raw_" + names[k];
    const std::string value = k < distribution.real.size() ? raw
                              : unit                       ? "1/(1 + exp(-" + raw + "))"
                                                           : "exp(" + raw + ")";
    keys += ", \"" + names[k] + "\": \"" + value + "\"";
  }
  ModelDensity density(
      compile(testing::parse_model("{\"exmc_ir\": 1, \"name\": \"m\", \"data\": {\"y\": [" + lists +
                                   "]}, \"nodes\": {" + nodes + "\"obs\": {\"dist\": \"" + distribution.name + "\"" +
                                   keys + ", \"shape\": " + shape + ", \"observed\": \"y\"}}}")));

  const auto size = static_cast<Eigen::Index>(density.dimension());
  Eigen::VectorXd position(size), gradient(size);
  for (double& x : position) x = random.normal();
  const auto reference = [&](const Eigen::VectorXd& q) {
    double total = -0.5 * q.squaredNorm() - 0.5 * std::log(2 * std::numbers::pi) * static_cast<double>(size);
    for (std::size_t i = 0; i < data.size(); ++i) {
      Parameters p;
      for (std::size_t k = 0; k < names.size(); ++k) {
        const unsigned own = (pattern >> (2 * k)) & 3U;
        const std::size_t element = own == 0 ? 0 : own == 1 ? i / columns : own == 2 ? i % columns : i;
        const double raw = q[static_cast<Eigen::Index>(density.parameters()[k].offset + element)];
        p[names[k]] = k < distribution.real.size() ? raw
                      : !distribution.unit.empty() ? 1 / (1 + std::exp(-raw))
                                                   : std::exp(raw);
      }
      total += distribution.log_density(data[i], p);
    }
    return total;
  };
  const double expected = reference(position);
  EXPECT_NEAR(density.log_density(position, gradient), expected, 2e-12 * std::max(1.0, std::abs(expected)));
  const double scale = std::max(1.0, gradient.cwiseAbs().maxCoeff());
  for (Eigen::Index i = 0; i < size; ++i) {
    Eigen::VectorXd above = position, below = position;
    above[i] += 1e-4;
    below[i] -= 1e-4;
    const double difference = (reference(above) - reference(below)) / 2e-4;
    EXPECT_NEAR(gradient[i], difference, 1e-6 * scale) << "of " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Distributions, Broadcasting,
                         ::testing::Combine(::testing::Range<std::size_t>(0, 6),
                                            ::testing::Values(0U, 0b000001U, 0b000010U, 0b000011U, 0b000100U, 0b001000U,
                                                              0b001011U, 0b010000U, 0b100110U, 0b111001U, 0b111111U),
                                            ::testing::Values<std::size_t>(1, 2, 8, 19)));

TEST(RandomWalk, IsTheProductOfItsSteps) {
  ModelDensity density(compile(testing::parse_model(R"~({"exmc_ir": 1, "name": "m", "nodes": {
      "mu": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [2]},
      "s": {"dist": "gaussian_random_walk", "mu": "mu", "sigma": "exp(mu/3)", "init_mu": 0.5, "init_sigma": 2,
            "shape": [2, 4]}}})~")));
  Eigen::VectorXd q(10), gradient(10);
  q << 0.3, -0.6, 1, 1.5, 0, 0.5, -2, -1, -1.5, -3;
  double expected = 0;
  for (int i = 0; i < 2; ++i) {
    expected += normal_reference(q[i], {{"mu", 0}, {"sigma", 1}});
    expected += normal_reference(q[2 + 4 * i], {{"mu", 0.5}, {"sigma", 2}});
    for (int t = 1; t < 4; ++t) {
      const double before = q[2 + 4 * i + t - 1];
      expected += normal_reference(q[2 + 4 * i + t], {{"mu", before + q[i]}, {"sigma", std::exp(q[i] / 3)}});
    }
  }
  EXPECT_NEAR(density.log_density(q, gradient), expected, 1e-13 * std::abs(expected));
}

TEST(Bernoulli, IsSafeFarOut) {
  ModelDensity density(compile(testing::parse_model(R"~({"exmc_ir": 1, "name": "m", "nodes": {
      "x": {"dist": "normal", "mu": 0, "sigma": 1e8, "shape": [2]},
      "y": {"dist": "bernoulli", "logit_p": "x", "observed": [1, 0]}}})~")));
  Eigen::VectorXd q(2), gradient(2), prior(2);
  q << 1e4, -1e4;
  const double sure = density.log_density(q, gradient);
  EXPECT_TRUE(std::isfinite(sure));
  EXPECT_NEAR(gradient[0], -1e-12, 1e-20);  // the prior's alone
  q << -1e4, 1e4;
  EXPECT_NEAR(density.log_density(q, gradient), sure - 2e4, 1e-9);
  EXPECT_NEAR(gradient[0], 1, 1e-11);
}

TEST(Student, TendsToANormal) {
  const std::string start = R"({"exmc_ir": 1, "name": "m", "nodes": {"m": {"dist": "normal", "mu": 0, "sigma": 1},)";
  const std::string data = R"~("observed": [0.5, -1.5, 3, 2, 0.1, -0.2, 0.3, 1.1, 2.2], "shape": [9]}}})~";
  ModelDensity student(compile(
      testing::parse_model(start + R"("y": {"dist": "student_t", "nu": 1e12, "mu": "m", "sigma": 2, )" + data)));
  ModelDensity normal(
      compile(testing::parse_model(start + R"("y": {"dist": "normal", "mu": "m", "sigma": 2, )" + data)));
  Eigen::VectorXd q = Eigen::VectorXd::Constant(1, 0.25), of_student(1), of_normal(1);
  EXPECT_NEAR(student.log_density(q, of_student), normal.log_density(q, of_normal), 1e-9);
  EXPECT_NEAR(of_student[0], of_normal[0], 1e-9);
}

}  // namespace
}  // namespace exmc::density
