#include "live_display.hpp"

#include <utility>

namespace exmc::app {
namespace {

// ECMA-48: cursor up, erase to the end of the line, erase to the end of the screen.
std::string up(std::size_t lines) { return lines == 0 ? "" : "\033[" + std::to_string(lines) + "A\r"; }
constexpr const char *kEraseLine = "\033[K", *kEraseBelow = "\033[J";

}  // namespace

void LiveDisplay::show(std::vector<std::string> lines, std::size_t columns) {
  // A terminal that became narrower may have broken the lines: nobody knows where they begin.
  if (columns < columns_) leave();
  const std::size_t height = lines_.size();
  lines_ = std::move(lines);
  columns_ = columns;
  draw(height);
}

void LiveDisplay::draw(std::size_t height_before) {
  std::string text = up(height_before);
  for (const std::string& line : lines_) text += line + kEraseLine + '\n';
  if (lines_.size() < height_before) text += kEraseBelow;
  std::fwrite(text.data(), 1, text.size(), stream_);
  std::fflush(stream_);
}

void LiveDisplay::above(const std::function<void()>& write) {
  std::vector<std::string> lines = lines_;
  clear();
  write();
  lines_ = std::move(lines);
  if (!lines_.empty()) draw(0);
}

void LiveDisplay::clear() {
  if (lines_.empty()) return;
  draw(std::exchange(lines_, {}).size());
}

}  // namespace exmc::app
