#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

namespace exmc::app {

/// Lines on a terminal that are written again and again in the same place. Each ends with a line feed: a launcher hands
/// the output of its ranks on line by line, and would keep one that ends in a carriage return until the end.
class LiveDisplay {
 public:
  explicit LiveDisplay(std::FILE* stream) : stream_(stream) {}

  /// Puts the lines in place of those before.
  void show(const std::vector<std::string>& lines);
  /// Takes the lines away, so that another text can stand in their place.
  void clear();
  /// Leaves the lines where they are; the next ones are written below.
  void leave() { height_ = 0; }

 private:
  std::FILE* stream_;
  std::size_t height_ = 0;  ///< lines above the cursor that are ours
};

}  // namespace exmc::app
