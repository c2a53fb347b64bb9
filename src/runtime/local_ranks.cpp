#include "exmc/runtime/local_ranks.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <utility>

namespace exmc::runtime {
namespace {

/// What the ranks share.
struct Hub {
  explicit Hub(std::int32_t count) : inboxes(static_cast<std::size_t>(count)) {}

  std::mutex mutex;
  std::vector<std::deque<Message>> inboxes;
  std::condition_variable broadcast_begun;
  std::vector<std::string> broadcasts;  ///< in the order begun by their roots
};

class LocalCommunicator final : public Communicator {
 public:
  LocalCommunicator(std::shared_ptr<Hub> hub, RankId rank) : hub_(std::move(hub)), rank_(rank) {}

  [[nodiscard]] RankId rank() const override { return rank_; }
  [[nodiscard]] std::int32_t size() const override { return static_cast<std::int32_t>(hub_->inboxes.size()); }

  [[nodiscard]] const std::vector<Process>& places() const override {
    static const std::vector<Process> none;
    return none;
  }

  void send(RankId to, MessageKind kind, std::string bytes) override {
    const std::lock_guard lock(hub_->mutex);
    hub_->inboxes.at(static_cast<std::size_t>(to.value)).push_back({kind, rank_, std::move(bytes)});
  }

  std::optional<Message> try_receive() override {
    const std::lock_guard lock(hub_->mutex);
    std::deque<Message>& inbox = hub_->inboxes[static_cast<std::size_t>(rank_.value)];
    if (inbox.empty()) return std::nullopt;
    Message message = std::move(inbox.front());
    inbox.pop_front();
    return message;
  }

  bool broadcast(RankId root, std::string& bytes) override {
    std::unique_lock lock(hub_->mutex);
    if (root == rank_) {
      hub_->broadcasts.push_back(bytes);
      hub_->broadcast_begun.notify_all();
    }
    hub_->broadcast_begun.wait(lock, [this] { return hub_->broadcasts.size() > broadcasts_done_; });
    bytes = hub_->broadcasts[broadcasts_done_++];
    return true;
  }

  [[nodiscard]] std::vector<RankId> take_dead() override { return {}; }

  [[nodiscard]] bool survives_deaths() const override { return false; }

  void leave(ExitCode code, bool clean) override {
    if (clean) return;
    std::fflush(nullptr);
    std::_Exit(static_cast<int>(code));
  }

 private:
  std::shared_ptr<Hub> hub_;
  RankId rank_;
  std::size_t broadcasts_done_ = 0;
};

}  // namespace

std::vector<std::unique_ptr<Communicator>> make_local_ranks(std::int32_t count) {
  const auto hub = std::make_shared<Hub>(count);
  std::vector<std::unique_ptr<Communicator>> ranks;
  ranks.reserve(static_cast<std::size_t>(count));
  for (std::int32_t rank = 0; rank < count; ++rank) {
    ranks.push_back(std::make_unique<LocalCommunicator>(hub, RankId{rank}));
  }
  return ranks;
}

}  // namespace exmc::runtime
