#include "walk.hpp"

#include <algorithm>

#include "../kernels/rows.hpp"
#include "../operations/reductions.hpp"
#include "flat.hpp"
#include "kernels.hpp"
#include "scan.hpp"
#include "walk_numbers.hpp"

namespace exmc::density {
namespace {

/// Operands of the walk itself; rows of its output.
enum WalkOperand { kEta, kH, kNumbersOperand };
enum Row { kRowX, kRowZ, kRowH };

/// One walk's numbers, rows and what follows from them. K u^2 c^2 = 1 - c^2.
struct WalkRow {
  std::size_t length;
  double c, precision, first_c, u, first_u, first_m, drift, rho;
  double s, a, w;  ///< c^2, c u, c^2 u K
  const double *eta, *h;
  double *x, *z, *sum_h;

  WalkRow(const Instruction& instruction, const Arena& arena, std::size_t i) {
    const std::size_t walks = instruction.loop.extents[0];
    length = instruction.loop.extents[1];
    const double* const numbers = arena.read(instruction.operands[kNumbersOperand]) + i;
    const auto number = [&](Number n) { return numbers[static_cast<std::size_t>(n) * walks]; };
    c = number(kC);
    precision = number(kPrecision);
    first_c = number(kFirstC);
    u = number(kScale);
    first_u = number(kFirstScale);
    first_m = number(kFirstLocation);
    drift = number(kDrift);
    rho = number(kCoefficient);
    s = c * c;
    a = c * u;
    w = c * a * precision;
    eta = arena.read(instruction.operands[kEta]) + i * length;
    h = arena.read(instruction.operands[kH]) + i * length;
    double* const output = arena.values + instruction.output.offset + i * length;
    x = output;
    z = output + walks * length;
    sum_h = output + 2 * walks * length;
  }

  [[nodiscard]] double first_standardised(double first_eta) const {
    return first_c * (first_eta + first_c * first_u * (sum_h[0] - precision * first_m));
  }
  void sum_messages() const {
    const double step = -rho * s * precision * drift;
    for (std::size_t t = 0; t + 1 < length; ++t) sum_h[t] = h[t] + step;
    sum_h[length - 1] = h[length - 1];
    (void)filter_backward(sum_h, length - 1, rho * s, sum_h[length - 1]);
  }
};

template <class Body>
void for_each_walk(const Instruction& instruction, const Arena& arena, Body&& body) {
  for (std::size_t i = 0; i < instruction.loop.extents[0]; ++i) body(WalkRow(instruction, arena, i), i);
}

/// body(t, type) from `first` to `end`, for packs and then for what is left.
template <class Body>
[[gnu::always_inline]] inline void for_each_step(std::size_t first, std::size_t end, Body&& body) {
  std::size_t t = first;
  for (; t + kLanes <= end; t += kLanes) body(t, Pack{});
  for (; t < end; ++t) body(t, 0.0);
}
template <class T>
T take(const double* from) {
  if constexpr (std::is_same_v<T, double>)
    return *from;
  else
    return load(from);
}
inline void put(double* to, double value) { *to = value; }
inline void put(double* to, Pack value) { store(to, value); }

/// A sum of packs and of single numbers.
struct Sum {
  Pack packs{};
  double rest = 0;
  void operator+=(Pack p) { packs += p; }
  void operator+=(double x) { rest += x; }
  [[nodiscard]] double total() const { return sum(packs) + rest; }
};

[[gnu::flatten]] double walk_forward(const Instruction& instruction, const Arena& arena) {
  double total = 0;
  for_each_walk(instruction, arena, [&](const WalkRow& r, std::size_t) {
    r.sum_messages();
    r.z[0] = r.first_standardised(r.eta[0]);
    r.x[0] = r.first_m + r.first_u * r.z[0];
    const double step = r.s * r.drift;
    for_each_step(1, r.length, [&](std::size_t t, auto type) {
      using T = decltype(type);
      put(r.x + t, step + r.a * (take<T>(r.eta + t) + r.a * take<T>(r.sum_h + t)));
    });
    (void)filter_forward(r.x + 1, r.length - 1, r.rho * r.s, r.x[0]);
    Sum squares;
    squares += r.z[0] * r.z[0];
    for_each_step(1, r.length, [&](std::size_t t, auto type) {
      using T = decltype(type);
      const T m = r.rho * take<T>(r.x + t - 1) + r.drift;
      const T z = r.c * (take<T>(r.eta + t) + r.a * (take<T>(r.sum_h + t) - r.precision * m));
      put(r.z + t, z);
      squares += z * z;
    });
    total -= 0.5 * squares.total();
  });
  return total;
}

double invert_walk(const Instruction& instruction, const Arena& arena) {
  for_each_walk(instruction, arena, [&](const WalkRow& r, std::size_t) {
    double* const eta = const_cast<double*>(r.eta);  // in the position, where x stands
    std::copy_n(eta, r.length, r.x);
    r.sum_messages();
    r.z[0] = (r.x[0] - r.first_m) / r.first_u;
    eta[0] = r.z[0] / r.first_c - r.first_c * r.first_u * (r.sum_h[0] - r.precision * r.first_m);
    for (std::size_t t = 1; t < r.length; ++t) {
      const double m = r.rho * r.x[t - 1] + r.drift;
      r.z[t] = (r.x[t] - m) / r.u;
      eta[t] = r.z[t] / r.c - r.a * (r.sum_h[t] - r.precision * m);
    }
  });
  return 0;
}

/// The adjoints of z and of the messages' sums, which nothing else reads, are room to work in: those of x with all that
/// follows from it, and those of the sums of messages.
[[gnu::flatten]] void walk_reverse(const Instruction& instruction, const Arena& arena) {
  const std::size_t walks = instruction.loop.extents[0];
  const Operand& of_h = instruction.operands[kH];
  for_each_walk(instruction, arena, [&](const WalkRow& r, std::size_t i) {
    const std::size_t n = r.length;
    double* const adjoints = arena.adjoints + instruction.output.offset + i * n;
    const double* const of_x = adjoints + kRowX * walks * n;
    double *const lambda = adjoints + kRowZ * walks * n, *const mu = adjoints + kRowH * walks * n;
    double* const of_eta = arena.adjoints + instruction.operands[kEta].offset + i * n;
    const double back = r.rho * r.w, decay = r.rho * r.s;
    lambda[n - 1] = of_x[n - 1];
    for_each_step(0, n - 1, [&](std::size_t t, auto type) {
      using T = decltype(type);
      put(lambda + t, take<T>(of_x + t) + back * take<T>(r.z + t + 1));
    });
    (void)filter_backward(lambda, n - 1, decay, lambda[n - 1]);
    Sum in_c, in_u, in_precision, in_m, in_rho;
    for_each_step(1, n, [&](std::size_t t, auto type) {
      using T = decltype(type);
      const T before = take<T>(r.x + t - 1), m = r.rho * before + r.drift, b = take<T>(r.sum_h + t) - r.precision * m;
      const T z = take<T>(r.z + t), of_this = take<T>(lambda + t), of_z = r.u * of_this - z;
      put(of_eta + t, take<T>(of_eta + t) + r.c * of_z);
      put(mu + t, r.c * r.a * of_z);
      const T of_m = r.s * of_this + r.w * z;
      in_c += of_z * (z / r.c + r.a * b);
      in_u += of_this * z + r.s * (of_z * b);
      in_precision += of_z * m;
      in_m += of_m;
      in_rho += of_m * before;
    });
    const double z = r.z[0], of_z = r.first_u * lambda[0] - z, b = r.sum_h[0] - r.precision * r.first_m;
    const double first_a = r.first_c * r.first_u;
    of_eta[0] += r.first_c * of_z;
    mu[0] = r.first_c * first_a * of_z;
    (void)filter_forward(mu + 1, n - 1, decay, mu[0]);
    Sum of_sum, moved;
    for_each_step(0, n - 1, [&](std::size_t t, auto type) {
      using T = decltype(type);
      const T m = take<T>(mu + t);
      moved += m;
      of_sum += m * take<T>(r.sum_h + t + 1);
    });
    if (of_h.variable) {
      double* const h = arena.adjoints + of_h.offset + i * n;
      for_each_step(0, n, [&](std::size_t t, auto type) {
        using T = decltype(type);
        put(h + t, take<T>(h + t) + take<T>(mu + t));
      });
    }
    const double along = of_sum.total() - r.precision * r.drift * moved.total();
    double* const numbers = arena.adjoints + instruction.operands[kNumbersOperand].offset + i;
    const auto add = [&](Number number, double x) { numbers[static_cast<std::size_t>(number) * walks] += x; };
    add(kC, in_c.total() + 2 * r.c * r.rho * along);
    add(kScale, in_u.total());
    add(kPrecision,
        -r.c * r.a * in_precision.total() - r.first_c * first_a * of_z * r.first_m - decay * r.drift * moved.total());
    add(kDrift, in_m.total() - decay * r.precision * moved.total());
    add(kCoefficient, in_rho.total() + r.s * along);
    add(kFirstC, of_z * (z / r.first_c + first_a * b));
    add(kFirstScale, lambda[0] * z + r.first_c * r.first_c * of_z * b);
    add(kFirstLocation, lambda[0] - r.first_c * first_a * r.precision * of_z);
  });
}

}  // namespace

WalkViews emit_walk(Builder& builder, const Walk& walk) {
  const Shape& shape = walk.eta.shape;
  const Shape batch(shape.begin(), shape.end() - 1);
  const std::size_t walks = element_count(batch), length = shape.back();
  Loop loop;
  loop.rank = 2;
  loop.extents = {walks, length};
  std::vector<View> operands;
  for (const View& view : {walk.k, walk.scale, walk.first_scale, walk.first_location, walk.drift, walk.coefficient}) {
    operands.push_back(flattened(builder, view, batch));
  }
  const View numbers = builder.emit(Builder::Structural{compute_walk_numbers,
                                                        reverse_walk_numbers,
                                                        loop,
                                                        operands,
                                                        {kNumbers, walks},
                                                        {static_cast<std::ptrdiff_t>(walks), 1},
                                                        true});
  View h = broadcast_to(walk.h, shape);
  if (!is_dense(h)) {
    const std::array parts{Builder::Part{h, dense_view(h.space, 0, shape)}};
    h = builder.assemble(shape, parts);
  }
  Shape rows{3};
  rows.insert(rows.end(), shape.begin(), shape.end());
  const auto flat = [](View view) {
    view.shape = {element_count(view.shape)};
    view.strides = {1};
    return view;
  };
  const View output = builder.emit(Builder::Structural{walk_forward,
                                                       walk_reverse,
                                                       loop,
                                                       {flat(walk.eta), flat(h), numbers},
                                                       rows,
                                                       dense_view(Space::constant, 0, rows).strides,
                                                       true});
  builder.set_inverse(output, invert_walk);
  const auto number = [&](Number n) {
    View view = at(numbers, 0, static_cast<std::size_t>(n));
    view.shape = batch;
    view.strides = dense_view(view.space, 0, batch).strides;
    return view;
  };
  return {at(output, 0, kRowX), at(output, 0, kRowZ), number(kC), number(kFirstC), number(kPrecision)};
}

}  // namespace exmc::density
