#pragma once

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>
#include <vector>

#include "exmc/core/array.hpp"
#include "exmc/core/random.hpp"

/// Models made of random expressions.
namespace exmc::density::testing {
namespace detail {

inline std::string concat(std::initializer_list<std::string> parts) {
  std::string text;
  for (const std::string& part : parts) text += part;
  return text;
}

inline std::string list_of(const Shape& numbers) {
  std::string text;
  for (const std::size_t number : numbers) text += (text.empty() ? "[" : ", ") + std::to_string(number);
  return text.empty() ? "[]" : text + "]";
}

/// Writes random expressions of a wanted shape over five parameters and two data entries, without poles or kinks
/// nearby.
class Writer {
 public:
  explicit Writer(std::uint64_t seed) : random_({seed, ChainId{0}}, Purpose::start, 0) {}

  /// What broadcasts to the shape.
  std::string write(const Shape& shape, int depth) {
    if (depth == 0) return leaf(shape);
    const auto part = [&](const Shape& wanted) { return write(wanted, depth - 1); };
    switch (pick(14)) {
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
      case 8:
        return concat({"where(X[0, 0] < 9, ", part(shape), ", log(-9 - square(", part(narrower(shape)), ")))"});
      default:
        return array(shape, depth);
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

  /// What has exactly the shape.
  std::string exact(const Shape& shape, int depth) {
    return concat({"(", write(shape, depth - 1), " + ", elements(shape), ")"});
  }

  /// An array of any shape: a product of gathers along its axes.
  std::string elements(const Shape& shape) {
    std::string text = pick(2) ? "0.2" : "0.1 * a";
    for (std::size_t axis = 0; axis < shape.size(); ++axis) {
      text += " * b[" + list_of(indices(shape[axis], 11)) + "]";
      if (shape.size() == 1) continue;
      text += "[";
      for (std::size_t other = 0; other < shape.size(); ++other) {
        text += other == axis ? ":" : "None";
        text += other + 1 < shape.size() ? ", " : "]";
      }
    }
    return text;
  }

  Shape indices(std::size_t count, std::size_t below) {
    Shape result(count);
    for (std::size_t& index : result) index = pick(below);
    return result;
  }

  /// Operations on whole arrays.
  std::string array(const Shape& shape, int depth) {
    const std::size_t axis = shape.empty() ? 0 : pick(shape.size());
    const std::string along = ", " + std::to_string(axis) + ")";
    Shape other = shape;
    switch (pick(shape.empty() ? 1 : 9)) {
      case 0: {
        const std::array reductions{"mean(",      "logsumexp(",      "0.3 * sum(",
                                    "log1p(var(", "sqrt(0.5 + var(", "prod(1.1 + "};
        const std::size_t choice = pick(reductions.size()), place = pick(shape.size() + 1);
        other.insert(other.begin() + static_cast<std::ptrdiff_t>(place), 2 + pick(9));
        return concat({"(", reductions[choice], exact(other, depth), ", axis=", std::to_string(place),
                       choice == 3 || choice == 4 ? "))" : ")", ")"});
      }
      case 1:
        return concat({"softmax(", exact(shape, depth), along});
      case 2:
        return concat({"0.3 * log_softmax(", exact(shape, depth), along});
      case 3:
        return concat({"0.3 * cumsum(", exact(shape, depth), along});
      case 4:
        std::reverse(other.begin(), other.end());
        return concat({"transpose(", exact(other, depth), ")"});
      case 5:
        return concat({"reshape(transpose(", exact({shape.back(), element_count(shape) / shape.back()}, depth), "), ",
                       list_of(shape), ")"});
      case 6: {
        if (shape[axis] < 2) return elements(shape);
        const std::size_t first = 1 + pick(shape[axis] - 1);
        other[axis] = first;
        std::string left = exact(other, depth);
        other[axis] = shape[axis] - first;
        return concat({"concat([", left, ", ", exact(other, depth), "]", along});
      }
      case 7: {
        other[axis] = 1 + pick(13);
        std::string taken;
        for (std::size_t k = 0; k < axis; ++k) taken += ":, ";
        return concat({exact(other, depth), "[", taken, list_of(indices(shape[axis], other[axis])), "]"});
      }
      default: {
        if (shape.size() < 2) return concat({"diag(", exact({shape[0], shape[0]}, depth), ")"});
        const std::size_t inner = 1 + pick(10);
        Shape right{inner, shape.back()};
        if (pick(2)) right.insert(right.begin(), shape.begin(), shape.end() - 2);
        other.back() = inner;
        return concat({"(", exact(other, depth), " @ ", exact(right, depth), " * 0.3)"});
      }
    }
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
    if (shape.size() == 1) choices.push_back("b[" + list_of(indices(shape[0], 11)) + "]");
    if (shape.size() > 2) choices.push_back(elements(shape));
    return choices[pick(choices.size())];
  }

  RandomStream random_;
};

inline std::string random_data() {
  RandomStream random({5, ChainId{0}}, Purpose::start, 0);
  const auto row = [&] {
    std::string text;
    for (int i = 0; i < 11; ++i) text += (i ? ", " : "[") + std::to_string(0.5 * random.normal());
    return text + "]";
  };
  const std::string first = row(), second = row(), third = row();
  return "\"data\": {\"X\": [" + first + ", " + second + "], \"w\": " + third + "}";
}

}  // namespace detail

/// The text of a model, and the stream of random numbers that it was made from, for a position to go on with.
struct RandomProgram {
  std::string text;
  RandomStream random;
};

/// The model of that number, which has a finite log density wherever parameters are.
inline RandomProgram random_program(std::uint64_t seed) {
  const std::vector<Shape> shapes = {{}, {1}, {11}, {2, 1}, {2, 11}, {3, 2, 4}};
  detail::Writer writer(seed);
  const Shape shape = shapes[seed % shapes.size()];
  const std::string mean = writer.write(shape, 3), scale = writer.write(shape, 2);
  return {"{\"exmc_ir\": 1, \"name\": \"m\", " + detail::random_data() + R"(, "nodes": {
        "a": {"dist": "normal", "mu": 0, "sigma": 1},
        "b": {"dist": "normal", "mu": "a", "sigma": 1, "shape": [11]},
        "c": {"dist": "normal", "mu": "b", "sigma": 2, "shape": [2, 11]},
        "k": {"dist": "student_t", "nu": 5, "mu": "b[:, None]", "sigma": 2, "shape": [11, 2]},
        "m": {"expr": ")" +
              mean +
              R"("},
        "z": {"dist": "normal", "mu": "m", "sigma": "exp(0.1 * ()" +
              scale + R"~())"}}})~",
          writer.random()};
}

}  // namespace exmc::density::testing
