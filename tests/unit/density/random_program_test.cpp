#include <gtest/gtest.h>

#include <cmath>
#include <initializer_list>
#include <string>
#include <vector>

#include "differences.hpp"
#include "exmc/core/random.hpp"
#include "models.hpp"

namespace exmc::density {
namespace {

std::string concat(std::initializer_list<std::string> parts) {
  std::string text;
  for (const std::string& part : parts) text += part;
  return text;
}

/// Writes random expressions of a wanted shape over five parameters and two data entries, without poles nearby.
class Writer {
 public:
  explicit Writer(std::uint64_t seed) : random_({seed, ChainId{0}}, Purpose::start, 0) {}

  std::string write(const Shape& shape, int depth) {
    if (depth == 0) return leaf(shape);
    const auto part = [&](const Shape& wanted) { return write(wanted, depth - 1); };
    switch (pick(9)) {
      case 0:
        return concat({"(", part(shape), " + ", part(narrower(shape)), ")"});
      case 1:
        return concat({"(", part(narrower(shape)), " - ", part(shape), ")"});
      case 2:
        return concat({"(", part(shape), " * 0.5 * ", part(narrower(shape)), ")"});
      case 3:
        return concat({"(", part(shape), " / (2 + square(", part(narrower(shape)), ")))"});
      case 4:
        return concat({"exp(-square(", part(shape), "))"});
      case 5:
        return concat({"log(1.5 + ", part(shape), "**2)"});
      case 6:
        return concat({"sqrt(0.75 + (-", part(shape), ")**2)"});
      case 7:
        return concat({"log1p((1 + square(", part(shape), "))**0.7)"});
      default:
        return leaf(shape);
    }
  }

  RandomStream& random() { return random_; }

 private:
  std::size_t pick(std::size_t count) { return random_() % count; }

  Shape narrower(const Shape& shape) {
    Shape result = shape;
    if (!result.empty() && pick(3) == 0) result.erase(result.begin());
    for (std::size_t& length : result) {
      if (pick(3) == 0) length = 1;
    }
    return result;
  }

  /// Parameters: a (), b (11), c (2, 11), k (11, 2). Data: X (2, 11), w (11).
  std::string leaf(const Shape& shape) {
    std::vector<std::string> choices{"a", "0.3"};
    if (shape.empty()) choices.insert(choices.end(), {"b[4]", "c[1, -2]", "w @ b", "c[0] @ k[:, 1]", "(c @ w)[0]"});
    if (shape == Shape{1}) choices.insert(choices.end(), {"b[-1:]", "a[None]", "c[1, 3:4]"});
    if (shape == Shape{11}) choices.insert(choices.end(), {"b", "b[::-1]", "c[1]", "k[:, 0]", "w", "a + 0*w", "a * w"});
    if (shape == Shape{2, 1})
      choices.insert(choices.end(), {"(X @ b)[:, None]", "c[:, 4:5]", "(c @ b)[:, None] * 0.3"});
    if (shape == Shape{1, 11}) choices.insert(choices.end(), {"b[None, :]", "c[1:]", "X[:1]"});
    if (shape == Shape{1, 1}) choices.insert(choices.end(), {"a[None, None]", "c[:1, -1:]"});
    if (shape == Shape{2, 11})
      choices.insert(choices.end(), {"c", "c[::-1, ::-1]", "X", "(X @ k) @ c", "(c @ k) @ X * 0.1"});
    return choices[pick(choices.size())];
  }

  RandomStream random_;
};

TEST(RandomPrograms, HaveExactGradients) {
  const std::string data = [] {
    RandomStream random({5, ChainId{0}}, Purpose::start, 0);
    const auto row = [&] {
      std::string text;
      for (int i = 0; i < 11; ++i) text += (i ? ", " : "[") + std::to_string(0.5 * random.normal());
      return text + "]";
    };
    const std::string first = row(), second = row(), third = row();
    return "\"data\": {\"X\": [" + first + ", " + second + "], \"w\": " + third + "}";
  }();
  const std::vector<Shape> shapes = {{}, {1}, {11}, {2, 1}, {2, 11}};
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    Writer writer(seed);
    const Shape shape = shapes[seed % shapes.size()];
    const std::string mean = writer.write(shape, 3), scale = writer.write(shape, 2);
    const std::string text = "{\"exmc_ir\": 1, \"name\": \"m\", " + data + R"(, "nodes": {
        "a": {"dist": "normal", "mu": 0, "sigma": 1},
        "b": {"dist": "normal", "mu": "a", "sigma": 1, "shape": [11]},
        "c": {"dist": "normal", "mu": "b", "sigma": 2, "shape": [2, 11]},
        "k": {"dist": "student_t", "nu": 5, "mu": "b[:, None]", "sigma": 2, "shape": [11, 2]},
        "m": {"expr": ")" + mean +
                             R"("},
        "z": {"dist": "normal", "mu": "m", "sigma": "exp(0.1 * ()" +
                             scale + R"~())"}}})~";
    SCOPED_TRACE(text);
    ModelDensity density(compile(testing::parse_model(text)));
    const auto size = static_cast<Eigen::Index>(density.dimension());
    Eigen::VectorXd position(size), gradient(size);
    for (double& x : position) x = 0.6 * writer.random().normal();
    ASSERT_TRUE(std::isfinite(density.log_density(position, gradient)));
    for (Eigen::Index i = 0; i < size; ++i) {
      const double difference = testing::extrapolated_difference(density, position, i, 0.01);
      ASSERT_NEAR(gradient[i], difference, 1e-6 * std::max(1.0, std::abs(gradient[i]))) << "of " << i;
    }
  }
}

}  // namespace
}  // namespace exmc::density
