#include "exmc/sampler/window.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace exmc::sampler {

std::size_t Window::most(std::size_t dimension) {
  constexpr std::size_t numbers = std::size_t{1} << 19, fewest = 16, most = 1024;
  return std::clamp(numbers / std::max<std::size_t>(dimension, 1), fewest, most) / 2 * 2;  // even: see add()
}

void Window::add(const Eigen::VectorXd& position) {
  if (seen++ % stride != 0) return;
  if (positions.size() == most(static_cast<std::size_t>(position.size()))) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < positions.size(); i += 2) positions[kept++].swap(positions[i]);
    positions.resize(kept);
    stride *= 2;
  }
  positions.push_back(position);
}

void ScalarMoments::add(double value) {
  ++count;
  const double from_old_mean = value - mean;
  mean += from_old_mean / static_cast<double>(count);
  squares += from_old_mean * (value - mean);
}

ScalarMoments ScalarMoments::with(const ScalarMoments& other) const {
  if (count == 0) return other;
  if (other.count == 0) return *this;
  const auto n = static_cast<double>(count), m = static_cast<double>(other.count);
  const double apart = other.mean - mean;
  return {count + other.count, mean + apart * m / (n + m), squares + other.squares + apart * apart * n * m / (n + m)};
}

double ScalarMoments::sd() const {
  if (count < 2) return std::numeric_limits<double>::infinity();
  return std::sqrt(squares / static_cast<double>(count - 1));
}

}  // namespace exmc::sampler
