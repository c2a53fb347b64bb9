#pragma once

#include <cstdint>
#include <string>

namespace exmc::io {

/// A row of /run/events. Texts longer than their place in the file are cut.
struct Event {
  double time = 0;              ///< seconds since 1970, UTC
  std::string kind;             ///< one word
  std::int64_t rank = -1;       ///< -1: the whole run
  std::string host;             ///< where; empty: not known
  std::int64_t chain = -1;      ///< -1: none
  std::int64_t iteration = -1;  ///< of the chain's life; -1: none
  std::string action;           ///< what happened and what was done, for people
};

/// A rank that runs a chain; a row of /run/chains.
struct ChainPlace {
  std::int64_t rank = -1;
  std::string host;
  double began = 0;  ///< seconds since 1970, UTC
};

}  // namespace exmc::io
