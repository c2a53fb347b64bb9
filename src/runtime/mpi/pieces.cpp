#include "pieces.hpp"

#include <algorithm>
#include <utility>

#include "exmc/runtime/wire.hpp"

namespace exmc::runtime::mpi {

std::vector<std::string> split_message(const std::string& message) {
  std::vector<std::string> pieces;
  std::string piece = Encoder().put(static_cast<std::uint64_t>(message.size())).take();
  for (std::size_t next = 0;;) {
    const std::size_t count = std::min(kPieceBytes - piece.size(), message.size() - next);
    piece.append(message, next, count);
    next += count;
    pieces.push_back(std::exchange(piece, {}));
    if (next == message.size()) return pieces;
  }
}

std::optional<std::string> MessageAssembly::add(const std::string& piece) {
  if (begun_) {
    message_ += piece;
  } else {
    length_ = Decoder(piece).get<std::uint64_t>();
    message_.reserve(length_);
    message_.assign(piece, sizeof length_);
    begun_ = true;
  }
  if (message_.size() < length_) return std::nullopt;
  begun_ = false;
  return std::exchange(message_, {});
}

}  // namespace exmc::runtime::mpi
