#include <gtest/gtest.h>

#include <array>
#include <memory>

#include "density/distributions/distribution.hpp"
#include "density/distributions/terms.hpp"
#include "density/functions/functions.hpp"
#include "density/program/builder.hpp"
#include "exmc/density/model_density.hpp"

namespace exmc::density {
namespace {

/// x ~ normal(mu, 2) for data x and a free mu.
struct NormalOfData {
  Builder builder{1 << 16};
  View mu = builder.position_block({}, 0);
  Variable variable{builder.constant(Array{{3}, {0.5, -1, 4}}), {{"mu", mu}, {"sigma", builder.constant(2.0)}}};

  void lower() { find_distribution("normal")->lower(builder, variable); }
  View pointwise() {
    return builder.pointwise({3}, [&] { lower(); });
  }
};

double log_normal(double x, double mu) { return -0.5 * (x - mu) * (x - mu) / 4 - std::log(2) - 0.9189385332046727; }

TEST(Pointwise, IsNotAddedToTheDensity) {
  NormalOfData model;
  const View values = model.pointwise();
  const Program program = model.builder.finish(std::array{values});
  EXPECT_EQ(program.log_constant, 0);
  EXPECT_TRUE(program.density.empty());
  EXPECT_FALSE(program.saved_instructions.empty());
  EXPECT_LT(program.adjoints, program.variables);  // nothing to differentiate
}

TEST(Pointwise, CostsTheDensityNothing) {
  NormalOfData plain, with_values;
  plain.lower();
  const Program alone = plain.builder.finish({});
  const View values = with_values.pointwise();
  with_values.lower();
  const Program beside = with_values.builder.finish(std::array{values});
  EXPECT_EQ(beside.density.size(), alone.density.size());  // sums of data stay sums
  EXPECT_EQ(beside.adjoints, alone.adjoints);
}

TEST(Pointwise, IsNotComputedWhenNothingNeedsIt) {
  NormalOfData plain, with_values;
  plain.lower();
  with_values.lower();
  (void)with_values.pointwise();
  const Program alone = plain.builder.finish({}), beside = with_values.builder.finish({});
  EXPECT_EQ(beside.variables, alone.variables);
  EXPECT_TRUE(beside.saved_instructions.empty());
}

TEST(Pointwise, SumsOverTheAxesOfADraw) {
  Builder builder(1 << 16);
  const View mu = builder.position_block({2}, 0), walks = builder.position_block({2, 11}, 1);
  const View zero = builder.constant(0.0), one = builder.constant(1.0);
  const Variable variable{walks, {{"mu", mu}, {"sigma", one}, {"init_mu", zero}, {"init_sigma", one}}};
  const Distribution* walk = find_distribution("gaussian_random_walk");
  const View values = builder.pointwise({2}, [&] { walk->lower(builder, variable); });
  walk->lower(builder, variable);
  add_multiple(builder, -1, values, values.shape);
  Program program = builder.finish(std::array{values});
  program.saved.push_back({"values", values.shape, 0});
  ModelDensity density(std::make_shared<const Program>(std::move(program)));
  Eigen::VectorXd position = Eigen::VectorXd::LinSpaced(24, -2, 3), gradient;
  EXPECT_NEAR(density.log_density(position, gradient), 0, 1e-12);
  EXPECT_NEAR(gradient.cwiseAbs().maxCoeff(), 0, 1e-13);
  std::vector<double> row(2);
  density.write_saved(position, row);
  EXPECT_LT(row[0], -10);
  EXPECT_NE(row[0], row[1]);
}

TEST(Pointwise, MayBeNestedAndAddsConstants) {
  Builder builder(1 << 16);
  const View x = builder.position_block({2}, 0);
  View inner;
  const View outer = builder.pointwise({2}, [&] {
    inner = builder.pointwise({2}, [&] { builder.add_constant(3, {2, 5}); });
    builder.add_term<ScaledTerm>({builder.constant(2.0), x});
    builder.add_constant(1, {2});
  });
  EXPECT_EQ(builder.evaluate(inner).values, (std::vector<double>{15, 15}));
  Program program = builder.finish(std::array{outer});
  program.saved.push_back({"outer", {2}, 0});
  ModelDensity density(std::make_shared<const Program>(std::move(program)));
  std::vector<double> row(2);
  density.write_saved(Eigen::Vector2d(0.5, -7), row);
  EXPECT_EQ(row, (std::vector<double>{2, -13}));
}

TEST(Pointwise, HasNoGradientWhereTheDensityIsZero) {
  Builder builder(1 << 16);
  const View x = builder.position_block({3}, 0);
  const Variable variable{x, {{"alpha", builder.constant(2.0)}, {"m", builder.constant(1.0)}}};
  const View values = builder.pointwise({3}, [&] { find_distribution("pareto")->lower(builder, variable); });
  add_multiple(builder, 1, builder.apply<Exp>({values}), values.shape);
  ModelDensity density(std::make_shared<const Program>(builder.finish({})));
  Eigen::VectorXd gradient;
  EXPECT_EQ(density.log_density(Eigen::Vector3d(0.5, 1, 0.25), gradient), 2);
  EXPECT_EQ(gradient[0], 0);
  EXPECT_EQ(gradient[1], -6);
}

TEST(Pointwise, IsEachElementsLogDensity) {
  NormalOfData model;
  const View values = model.pointwise();
  Program program = model.builder.finish(std::array{values});
  program.saved.push_back({"values", {3}, 0});
  ModelDensity density(std::make_shared<const Program>(std::move(program)));
  std::vector<double> row(3);
  density.write_saved(Eigen::VectorXd::Constant(1, 0.25), row);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(row[i], log_normal(std::array{0.5, -1.0, 4.0}[i], 0.25), 1e-15);
  }
}

}  // namespace
}  // namespace exmc::density
