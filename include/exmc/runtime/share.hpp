#pragma once

#include <optional>
#include <string>

#include "exmc/runtime/communicator.hpp"

namespace exmc::runtime {

/// Tells all other ranks to join a broadcast, then sends them `bytes` by it. Nobody waits in it for long, since all
/// look for messages every few milliseconds; this rank has to know that they do.
void share(Communicator& ranks, std::string& bytes);

/// Does what a message of share() asks for. @return the bytes, where they arrived
[[nodiscard]] std::optional<std::string> join_share(Communicator& ranks, const Message& share);

}  // namespace exmc::runtime
