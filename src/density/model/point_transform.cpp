#include "exmc/density/point_transform.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "../program/program.hpp"
#include "../supports/support.hpp"
#include "exmc/core/nearest.hpp"
#include "exmc/core/text.hpp"

namespace exmc::density {
namespace {

std::string found_beside(const std::string& expected, double x) { return expected + ", found " + shortest(x); }

/// The unconstrained values of all points of an array.
class SupportInverse {
 public:
  SupportInverse(const ParameterTransform& transform, const Array& value, std::span<double> position)
      : transform_(transform), support_(*transform.support), value_(value), position_(position) {}

  std::optional<PointFault> run() {
    if (const auto found = first_outside(*support_.domain, value_)) {
      return outside(*found,
                     found_beside("expected " + std::string(support_.domain->description), value_.values[*found]));
    }
    const std::size_t length = support_.event_rank == 0 ? 1 : value_.shape.back();
    const std::size_t taken = support_.event_rank == 2 ? length * length : length;
    const std::size_t free = support_.event_rank == 0 ? 1 : transform_.free.back();
    for (std::size_t point = 0; point * taken < value_.values.size(); ++point) {
      const std::span<const double> event = std::span(value_.values).subspan(point * taken, taken);
      if (support_.domain->violation != nullptr) {
        std::string reason = support_.domain->violation(event, length);
        if (!reason.empty()) return outside(point * taken, std::move(reason));
      }
      const std::span<double> to = position_.subspan(point * free, free);
      support_.unconstrain(event, length, to);
      if (std::ranges::all_of(to, [](double u) { return std::isfinite(u); })) continue;
      return outside(point * taken, "found a value at the edge of support \"" + std::string(support_.name) + "\"");
    }
    return std::nullopt;
  }

 private:
  /// Of an element, or of the whole point that begins with it.
  [[nodiscard]] PointFault outside(std::size_t element, std::string reason) const {
    const bool whole = support_.domain->violation != nullptr && support_.event_rank == value_.shape.size();
    return {transform_.name, whole ? "" : element_name(value_.shape, element), std::move(reason)};
  }

  const ParameterTransform& transform_;
  const Support& support_;
  const Array& value_;
  std::span<double> position_;
};

std::string between(double lower, double upper) {
  if (std::isinf(upper)) return "expected a number above " + shortest(lower);
  if (std::isinf(lower)) return "expected a number below " + shortest(upper);
  return "expected a number between " + shortest(lower) + " and " + shortest(upper);
}

}  // namespace

PointTransform::PointTransform(std::shared_ptr<const Program> program)
    : program_(std::move(program)), density_(program_), row_(density_.saved_size()) {}

std::optional<PointFault> PointTransform::find_misfit(const NamedValues& values, bool every) const {
  std::vector<std::string> known;
  for (const FreeParameter& parameter : program_->parameters) known.push_back(parameter.name);
  for (const auto& [name, value] : values) {
    if (std::ranges::find(known, name) == known.end()) {
      return PointFault{name, "", "no parameter is called " + in_quotes(name) + did_you_mean(name, known)};
    }
    const Shape& shape = parameter(name).shape;
    if (value.shape == shape) continue;
    return PointFault{name, "", "expected shape " + to_string(shape) + ", found " + to_string(value.shape)};
  }
  const auto missing = std::ranges::find_if(known, [&](const std::string& name) { return !values.contains(name); });
  if (every && missing != known.end()) return PointFault{"", "", "lacks a value of " + in_quotes(*missing)};
  return std::nullopt;
}

const FreeParameter& PointTransform::parameter(const std::string& name) const {
  return *std::ranges::find(program_->parameters, name, &FreeParameter::name);
}

const double* PointTransform::bound(OutputGroup group, const std::string& name) const {
  const auto found = std::ranges::find_if(
      program_->saved, [&](const SavedVariable& saved) { return saved.group == group && saved.name == name; });
  return row_.data() + found->offset;
}

std::optional<PointFault> PointTransform::place(const NamedValues& values, Eigen::VectorXd& position) {
  return place_all(values, false, position);
}

std::optional<PointFault> PointTransform::find_outside(const NamedValues& values) {
  Eigen::VectorXd position = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(dimension()));
  return place_all(values, true, position);
}

std::optional<PointFault> PointTransform::place_all(const NamedValues& values, bool fixed_only,
                                                    Eigen::VectorXd& position) {
  density_.write_saved(position, row_);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const ParameterTransform& transform : program_->transforms) {
    const auto given = values.find(transform.name);
    if (given == values.end() || (fixed_only && !transform.fixed)) continue;
    const FreeParameter& at = parameter(transform.name);
    const std::span<double> to(position.data() + at.offset, at.size);
    const Array& value = given->second;
    if (transform.support != nullptr) {
      if (auto outside = SupportInverse(transform, value, to).run()) return outside;
      continue;
    }
    if (!transform.fixed) density_.write_saved(position, row_);
    for (std::size_t i = 0; i < to.size(); ++i) {
      const double lower = transform.lower ? bound(OutputGroup::lower, transform.name)[i] : -infinity;
      const double upper = transform.upper ? bound(OutputGroup::upper, transform.name)[i] : infinity;
      const double x = value.values[i];
      to[i] = unconstrain_between(x, lower, upper);
      if (std::isfinite(to[i])) continue;
      return PointFault{transform.name, element_name(value.shape, i), found_beside(between(lower, upper), x)};
    }
  }
  return std::nullopt;
}

}  // namespace exmc::density
