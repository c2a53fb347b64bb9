#pragma once

#include <string>

namespace exmc {

/// Where two descriptions of a run differ, in words for the user.
struct Difference {
  std::string where;    ///< "sampler.target_accept"
  std::string was, is;  ///< "the number 0.8", "missing"
};

}  // namespace exmc
