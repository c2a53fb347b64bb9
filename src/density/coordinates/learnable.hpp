#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What a program's coordinates are made of, for learning, maps and descriptions. Views are named by their index in
/// Program::inner_views.
namespace exmc::density {

/// A variable x of location m and scale u that is sampled as eta:
///   x = m + u z,  z = c (eta + c u (H - K m)),  c = (1 + K u^2)^(-1/2).
/// K and H are its Gaussian message, what is known of x from below, as exp(-K x^2 / 2 + H x): K = 0 is the non-centred
/// form, K -> infinity the centred one. They are sums of slots (k and h), of what normal observations say, and of what
/// the messages of variables located at x say.
struct LearnedVariable {
  /// The variable whose elements are the locations of this one's, and which of them.
  struct Parent {
    std::size_t variable;
    std::vector<std::int32_t> elements;
  };
  /// What makes it one of vectors (vector.hpp): x = m + L z. Views of a matrix for each vector.
  struct Vectors {
    std::size_t matrix, factor;  ///< L and R
    bool columns;                ///< they stand along the first of two axes of x, else along the last
  };
  std::string name;
  std::size_t size = 0;                             ///< of x
  std::size_t eta = 0, x = 0, scale = 0;            ///< views: of the position, of x, of u
  std::optional<std::size_t> z;                     ///< view: of z, where it is kept
  std::optional<std::size_t> c, precision;          ///< views: of c (but of vectors) and K; absent without a message
  std::optional<std::size_t> k, h;                  ///< views: of slots; absent where nothing is to be learned
  std::optional<std::size_t> seen_k, seen_h;        ///< views: the part of K and H that observations say
  std::optional<std::size_t> first_scale, first_c;  ///< views: u and c of the first element of each walk
  std::optional<Parent> parent;                     ///< where K goes up
  std::optional<Vectors> vectors;
  std::optional<std::size_t> beside;  ///< view: what is added to x where k and h are of the sum: h - k beside is of x
  bool standardised = false;          ///< the model's variable is z, and x derived from it
  std::optional<std::size_t> models;  ///< view: the model's variable w where x = shift + outer w of a walk w
  std::optional<std::size_t> outer;   ///< view: of that
  bool one_precision = false;         ///< k is the same for all elements
};

/// A positive variable (or one above a bound) that is sampled as u, of which SoftLogarithm is the logarithm.
struct LearnedScale {
  std::string name;
  std::size_t size = 0;
  std::size_t u = 0, s = 0;  ///< views: of the position, of slots
  bool heavy = false;        ///< its prior has a heavy tail, which its posterior may have then
};

struct Learnable {
  std::vector<LearnedVariable> variables;  ///< parents before children
  std::vector<LearnedScale> scales;

  [[nodiscard]] bool empty() const { return variables.empty() && scales.empty(); }
};

}  // namespace exmc::density
