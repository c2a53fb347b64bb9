// A deliberate mistake for the fault campaign to catch: a coordinator that took over acknowledges nothing, so that its
// workers wait for ever once 1 MiB is under way. This start_mpi() takes the place of the program's own.
#include <utility>

#include "exmc/runtime/mpi/session.hpp"
#include "mpi_start.hpp"

namespace exmc::app {
namespace {

using runtime::MessageKind;

class DropsAcknowledgements final : public runtime::Communicator {
 public:
  explicit DropsAcknowledgements(std::unique_ptr<Communicator> ranks) : ranks_(std::move(ranks)) {}

  void send(RankId to, MessageKind kind, std::string bytes) override {
    const bool acknowledges = kind == MessageKind::received || kind == MessageKind::durable;
    if (acknowledges && rank() > RankId{0} && to != rank()) return;
    ranks_->send(to, kind, std::move(bytes));
  }

  [[nodiscard]] RankId rank() const override { return ranks_->rank(); }
  [[nodiscard]] std::int32_t size() const override { return ranks_->size(); }
  std::optional<runtime::Message> try_receive() override { return ranks_->try_receive(); }
  void begin_broadcast(RankId root, std::string bytes) override { ranks_->begin_broadcast(root, std::move(bytes)); }
  std::optional<runtime::Broadcast> poll_broadcast() override { return ranks_->poll_broadcast(); }
  [[nodiscard]] std::vector<RankId> take_dead() override { return ranks_->take_dead(); }
  void leave(ExitCode code, bool clean) override { ranks_->leave(code, clean); }

 private:
  std::unique_ptr<Communicator> ranks_;
};

}  // namespace

std::unique_ptr<runtime::Communicator> start_mpi(const Launcher&) {
  return std::make_unique<DropsAcknowledgements>(runtime::mpi::start());
}

}  // namespace exmc::app
