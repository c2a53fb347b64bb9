#include "exmc/core/long_work.hpp"

#include <utility>

namespace exmc {
namespace {

thread_local const ListenToWork* listening = nullptr;

}  // namespace

ListenToWork::ListenToWork(WorkListener listener)
    : listener_(std::move(listener)), before_(std::exchange(listening, this)) {}

ListenToWork::~ListenToWork() { listening = before_; }

void tell_of_work(std::uint64_t done, std::uint64_t of) {
  if (listening != nullptr) listening->listener_(done, of);
}

}  // namespace exmc
