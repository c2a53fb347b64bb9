#include "exmc/runtime/share.hpp"

#include <cstddef>

#include "exmc/runtime/run_rank.hpp"
#include "exmc/runtime/wire.hpp"

namespace exmc::runtime {

void share(Communicator& ranks, std::string& bytes) {
  send_to_others(ranks, MessageKind::share, Encoder().put(bytes.size()).take());
  ranks.broadcast(ranks.rank(), bytes);  // who does not get them says so, or is known to be dead
}

std::optional<std::string> join_share(Communicator& ranks, const Message& share) {
  std::string bytes(Decoder(share.bytes).get<std::size_t>(), '\0');
  if (!ranks.broadcast(share.peer, bytes)) return std::nullopt;
  return bytes;
}

}  // namespace exmc::runtime
