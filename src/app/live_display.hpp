#pragma once

#include <cstddef>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace exmc::app {

/// Lines on a terminal that are written again and again in the same place. Each ends with a line feed: a launcher hands
/// the output of its ranks on line by line, and would keep one that ends in a carriage return until the end.
class LiveDisplay {
 public:
  explicit LiveDisplay(std::FILE* stream) : stream_(stream) {}

  /// Puts the lines in place of those before. None may be longer than the terminal has columns.
  void show(std::vector<std::string> lines, std::size_t columns);
  /// What `write` writes comes to stand above the lines, and stays.
  void above(const std::function<void()>& write);
  /// Takes the lines away.
  void clear();
  /// Leaves the lines where they are; the next ones are written below.
  void leave() { lines_.clear(); }

 private:
  void draw(std::size_t height_before);

  std::FILE* stream_;
  std::vector<std::string> lines_;  ///< above the cursor
  std::size_t columns_ = 0;         ///< of the terminal when they were written
};

}  // namespace exmc::app
