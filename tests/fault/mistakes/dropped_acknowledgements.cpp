// A deliberate mistake for the fault campaign to catch: a coordinator that took over acknowledges nothing, so that its
// workers wait for ever once 1 MiB is under way. The linker's --wrap leads the program's call of mpi::start() here.
#include <memory>
#include <utility>

#include "exmc/runtime/mpi/session.hpp"

namespace exmc::runtime::mpi {
namespace {

class DropsAcknowledgements final : public Communicator {
 public:
  explicit DropsAcknowledgements(std::unique_ptr<Communicator> ranks) : ranks_(std::move(ranks)) {}

  void send(RankId to, MessageKind kind, std::string bytes) override {
    const bool acknowledges = kind == MessageKind::received || kind == MessageKind::durable;
    if (acknowledges && rank() > RankId{0} && to != rank()) return;
    ranks_->send(to, kind, std::move(bytes));
  }

  [[nodiscard]] RankId rank() const override { return ranks_->rank(); }
  [[nodiscard]] std::int32_t size() const override { return ranks_->size(); }
  [[nodiscard]] const std::vector<Process>& places() const override { return ranks_->places(); }
  std::optional<Message> try_receive() override { return ranks_->try_receive(); }
  bool broadcast(RankId root, std::string& bytes) override { return ranks_->broadcast(root, bytes); }
  [[nodiscard]] std::vector<RankId> take_dead() override { return ranks_->take_dead(); }
  [[nodiscard]] bool survives_deaths() const override { return ranks_->survives_deaths(); }
  void leave(ExitCode code, bool clean) override { ranks_->leave(code, clean); }

 private:
  std::unique_ptr<Communicator> ranks_;
};

}  // namespace

std::unique_ptr<Communicator> right_start(BroadcastGuard guard) asm(
    "__real__ZN4exmc7runtime3mpi5startENS1_14BroadcastGuardE");
std::unique_ptr<Communicator> wrong_start(BroadcastGuard guard) asm(
    "__wrap__ZN4exmc7runtime3mpi5startENS1_14BroadcastGuardE");

std::unique_ptr<Communicator> wrong_start(BroadcastGuard guard) {
  return std::make_unique<DropsAcknowledgements>(right_start(std::move(guard)));
}

}  // namespace exmc::runtime::mpi
