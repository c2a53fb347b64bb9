#include "live_display.hpp"

namespace exmc::app {
namespace {

// ECMA-48: cursor up, erase to the end of the line, erase to the end of the screen.
std::string up(std::size_t lines) { return lines == 0 ? "" : "\033[" + std::to_string(lines) + "A\r"; }
constexpr const char *kEraseLine = "\033[K", *kEraseBelow = "\033[J";

}  // namespace

void LiveDisplay::show(const std::vector<std::string>& lines) {
  std::string text = up(height_);
  for (const std::string& line : lines) text += line + kEraseLine + '\n';
  if (lines.size() < height_) text += kEraseBelow;
  height_ = lines.size();
  std::fwrite(text.data(), 1, text.size(), stream_);
  std::fflush(stream_);
}

void LiveDisplay::clear() {
  if (height_ == 0) return;
  const std::string text = up(height_) + kEraseBelow;
  height_ = 0;
  std::fwrite(text.data(), 1, text.size(), stream_);
  std::fflush(stream_);
}

}  // namespace exmc::app
