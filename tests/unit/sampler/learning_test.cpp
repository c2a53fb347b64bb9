#include "exmc/sampler/learning.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#include "densities.hpp"
#include "exmc/sampler/chain.hpp"

namespace exmc::sampler {
namespace {

/// A normal of standard deviation 1000 around 5000, sampled as z = (x - shift) / scale: both are learned.
class Affine {
 public:
  [[nodiscard]] std::size_t dimension() const { return 2; }
  double log_density(const Eigen::VectorXd& z, Eigen::VectorXd& gradient) {
    const Eigen::ArrayXd from_mean = shift_ + scale_ * z.array() - 5000;
    gradient = -from_mean / 1e6 * scale_;
    return -0.5 * from_mean.square().sum() / 1e6 + 2 * std::log(scale_);
  }
  [[nodiscard]] bool learns() const { return true; }
  [[nodiscard]] std::string coordinates() const {
    std::string bytes(16, '\0');
    std::memcpy(bytes.data(), &shift_, 8);
    std::memcpy(bytes.data() + 8, &scale_, 8);
    return bytes;
  }
  void set_coordinates(std::string_view bytes) {
    std::memcpy(&shift_, bytes.data(), 8);
    std::memcpy(&scale_, bytes.data() + 8, 8);
  }
  void learn(std::vector<Eigen::VectorXd>& window) {
    double sum = 0, squares = 0;
    for (Eigen::VectorXd& position : window) {
      to_model(position);
      sum += position[0];
      squares += position[0] * position[0];
    }
    const auto n = static_cast<double>(window.size());
    shift_ = sum / n;
    scale_ = std::sqrt(squares / n - shift_ * shift_);
    for (Eigen::VectorXd& position : window) from_model(position);
  }
  void to_model(Eigen::VectorXd& position) const { position = shift_ + scale_ * position.array(); }
  void from_model(Eigen::VectorXd& position) const { position = (position.array() - shift_) / scale_; }
  double log_jacobian(const Eigen::VectorXd&) { return 2 * std::log(scale_); }

 private:
  double shift_ = 0, scale_ = 1;
};
static_assert(LearnsCoordinates<Affine>);
static_assert(!LearnsCoordinates<Gaussian>);

TEST(Learning, DrawsAreOfTheModelWhateverIsSampled) {
  Chain chain(Affine{}, Settings{.draws = 2000}, {3, {0}});
  while (chain.stage() == Stage::warmup) chain.advance();
  ScalarMoments x, lp;
  while (chain.stage() == Stage::sampling) {
    lp.add(chain.advance().lp);
    EXPECT_LT(chain.position().cwiseAbs().maxCoeff(), 10) << "sampled positions are of the learned scale";
    Eigen::VectorXd position = chain.position();
    chain.density().to_model(position);
    x.add(position[0]);
  }
  EXPECT_NEAR(x.mean, 5000, 150);
  EXPECT_NEAR(x.sd(), 1000, 100);
  EXPECT_NEAR(lp.mean, -1, 0.2) << "of the model, without the Jacobian";
  EXPECT_NEAR(chain.coordinates().lp_mean, -1, 0.4);
}

/// Starts are in the space of the model, and the coordinates go along with state and broadcast.
TEST(Learning, ChainsTakeCoordinatesOver) {
  const Settings settings{.settle_iterations = 40, .draws = 20};
  Chain first(Affine{}, settings, {3, {0}});
  std::vector<double> expected, resumed;
  Chain again(Affine{}, settings, {3, {0}});
  while (first.stage() != Stage::complete) {
    const ChainState state = decode_state(encode(again.state()));
    again = state.stage == Stage::warmup
                ? Chain(Affine{}, settings, {3, {0}}, state)
                : Chain(Affine{}, settings, {3, {0}}, decode_coordinates(encode(again.coordinates())), state);
    again.advance();
    first.advance();
    ASSERT_EQ(again.position(), first.position());
    ASSERT_EQ(again.density().coordinates(), first.density().coordinates());
  }
  Chain settling(Affine{}, settings, {3, {1}}, first.coordinates());
  EXPECT_EQ(settling.density().coordinates(), first.density().coordinates());
  Eigen::VectorXd start = settling.position();
  settling.density().to_model(start);
  EXPECT_LE(start.cwiseAbs().maxCoeff(), 2 + 1e-9);
  while (settling.stage() == Stage::settling) settling.advance();
  EXPECT_TRUE(settling.settled());
  EXPECT_EQ(encode(settling.coordinates()), encode(first.coordinates()));
}

}  // namespace
}  // namespace exmc::sampler
