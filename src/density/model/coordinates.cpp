#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <stdexcept>

#include "../coordinates/learnable.hpp"
#include "../coordinates/learning.hpp"
#include "../program/program.hpp"
#include "exmc/core/hash.hpp"
#include "exmc/core/text.hpp"
#include "exmc/density/model_density.hpp"

/// The coordinates of a density: maps, bytes and words.
namespace exmc::density {
namespace {

constexpr std::uint64_t kVersion = 1;

void append(std::string& bytes, std::uint64_t value) {
  for (unsigned shift = 0; shift < 64; shift += 8) bytes += static_cast<char>((value >> shift) & 0xFFU);
}

std::uint64_t read(std::string_view bytes, std::size_t index) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < 8; ++i) {
    value |= std::uint64_t{static_cast<unsigned char>(bytes[8 * index + i])} << (8 * i);
  }
  return value;
}

/// Of what is learned, so that bytes of another model are told from those of this one.
std::uint64_t fingerprint(const Program& program) {
  std::string text;
  if (program.learnable) {
    for (const LearnedVariable& variable : program.learnable->variables) {
      text += variable.name + ' ' + std::to_string(variable.size) + (variable.k ? " learned\n" : "\n");
    }
    for (const LearnedScale& scale : program.learnable->scales) {
      text += scale.name + ' ' + std::to_string(scale.size) + " scale\n";
    }
  }
  return fnv1a(text);
}

std::span<double> span_of(Eigen::VectorXd& position) {
  return {position.data(), static_cast<std::size_t>(position.size())};
}

std::string range_of(std::vector<double> values) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const auto text = [](double x) {
    std::string digits(32, '\0');
    digits.resize(static_cast<std::size_t>(std::snprintf(digits.data(), digits.size(), "%.2g", x)));
    return digits;
  };
  return *least == *most ? text(*least) : text(*least) + " to " + text(*most);
}

/// Which function of u the elements of a positive variable are (SoftLogarithm).
std::string form_of(const std::vector<double>& s) {
  std::vector<double> soft;
  std::size_t heavy = 0;
  for (const double x : s) {
    if (x > 0) soft.push_back(x);
    if (x < 0) ++heavy;
  }
  const auto counted = [&](std::size_t count) {
    return count == s.size() ? std::string() : " (" + std::to_string(count) + " of " + std::to_string(s.size()) + ")";
  };
  std::string text;
  const auto add = [&](std::size_t count, const std::string& form) {
    if (count > 0) text += (text.empty() ? "" : ", ") + form + counted(count);
  };
  if (!soft.empty()) add(soft.size(), "softplus of scale " + range_of(soft));
  add(heavy, "logarithm for heavy tails");
  add(s.size() - soft.size() - heavy, "logarithm");
  return text;
}

}  // namespace

bool ModelDensity::learns() const { return program_->learnable != nullptr; }

std::string ModelDensity::coordinates() const {
  std::string bytes;
  append(bytes, kVersion);
  append(bytes, fingerprint(*program_));
  const double* const slots = arena().values + program_->dimension;
  for (std::size_t i = 0; i < program_->slots; ++i) append(bytes, std::bit_cast<std::uint64_t>(slots[i]));
  return bytes;
}

void ModelDensity::set_coordinates(std::string_view bytes) {
  if (bytes.size() != 8 * (2 + program_->slots) || read(bytes, 0) != kVersion ||
      read(bytes, 1) != fingerprint(*program_)) {
    throw std::logic_error("coordinates of another model");
  }
  double* const slots = arena().values + program_->dimension;
  for (std::size_t i = 0; i < program_->slots; ++i) slots[i] = std::bit_cast<double>(read(bytes, 2 + i));
}

void ModelDensity::learn(std::vector<Eigen::VectorXd>& window) {
  if (!learns()) return;
  std::vector<std::span<double>> positions;
  for (Eigen::VectorXd& position : window) positions.push_back(span_of(position));
  learn_coordinates(*program_, arena(), positions);
}

void ModelDensity::to_model(Eigen::VectorXd& position) {
  if (learns()) model_position(*program_, arena(), span_of(position));
}

void ModelDensity::from_model(Eigen::VectorXd& position) {
  if (learns()) sampled_position(*program_, arena(), span_of(position));
}

double ModelDensity::log_jacobian(const Eigen::VectorXd& position) {
  if (!learns()) return 0;
  std::copy_n(position.data(), program_->dimension, arena().values);
  return log_jacobian_of_map(*program_, arena());
}

std::vector<CoordinateDescription> ModelDensity::describe_coordinates() const {
  std::vector<CoordinateDescription> all;
  if (!learns()) return all;
  const auto values = [&](std::size_t index) {
    const View& view = program_->inner_views[index];
    std::vector<double> numbers(element_count(view.shape));
    copy_elements(view.constant() ? arena().constants : arena().values, view, numbers.data());
    return numbers;
  };
  for (const LearnedVariable& variable : program_->learnable->variables) {
    const std::string units = variable.vectors ? "as a vector in units of its prior" : "in units of its prior";
    CoordinateDescription description{variable.name, units, {}};
    if (variable.seen_k) description.how += ", with what normal observations say";
    if (!variable.k && !variable.seen_k && variable.precision) {
      description.how += ", with what the variables located at it say";
    }
    if (variable.k) {
      description.how += ", with a learned message";
      description.numbers = "precision " + range_of(values(*variable.k));
    }
    all.push_back(std::move(description));
  }
  for (const LearnedScale& scale : program_->learnable->scales) {
    const std::vector<double> s = values(scale.s);
    all.push_back({scale.name, "as a softplus or a logarithm", form_of(s)});
  }
  std::map<std::string, std::size_t> places;
  for (const FreeParameter& parameter : parameters()) places[parameter.name] = parameter.offset;
  std::stable_sort(all.begin(), all.end(),
                   [&](const auto& a, const auto& b) { return places.at(a.name) < places.at(b.name); });
  return all;
}

}  // namespace exmc::density
