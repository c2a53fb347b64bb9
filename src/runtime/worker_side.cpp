#include "worker_side.hpp"

#include <utility>
#include <variant>
#include <vector>

#include "exmc/core/fault_point.hpp"
#include "exmc/core/overloaded.hpp"
#include "exmc/runtime/share.hpp"

namespace exmc::runtime {

void WorkerSide::perform(Worker::Actions actions) {
  for (WorkerAction& action : actions) {
    std::visit(Overloaded{
                   [&](StartChain& start) { sampling_.start(std::move(start.assignment)); },
                   [&](StopSampling&) { sampling_.stop(); },
                   [&](SendToCoordinator& send) {
                     ranks_.send(coordinator_, send.kind, std::move(send.bytes));
                     if (send.kind == MessageKind::block) fault_point(FaultPhase::sent);
                   },
                   [&](ReleaseCopies& release) { sampling_.release(release.bytes); },
               },
               action);
  }
}

void WorkerSide::follow(RankId coordinator) {
  coordinator_ = coordinator;
  if (!keeps_copies()) sampling_.limit_held(kQueuedBytes);
  perform(worker_.coordinator_changed());
}

void WorkerSide::handle(const Message& message) {
  switch (message.kind) {
    case MessageKind::assign:
      perform(worker_.assigned(decode_assignment(message.bytes)));
      break;
    case MessageKind::share:
      fault_point(FaultPhase::broadcast);
      perform(worker_.broadcast_over(join_share(ranks_, message)));
      break;
    case MessageKind::tuning:
      perform(worker_.tuning_sent(message.bytes));
      break;
    case MessageKind::received:
      perform(keeps_copies() ? worker_.received(decode_acknowledgement(message.bytes))
                             : worker_.durable(decode_acknowledgement(message.bytes)));
      break;
    case MessageKind::durable:
      perform(worker_.durable(decode_acknowledgement(message.bytes)));
      break;
    case MessageKind::stop:
      perform(worker_.stop(message.bytes));
      break;
    case MessageKind::kill:
      kill_process(decode_process(message.bytes));
      break;
    case MessageKind::finish:
      ending_ = decode_ending(message.bytes);
      break;
    default:
      break;
  }
}

bool WorkerSide::take_samples(std::chrono::steady_clock::duration limit) {
  std::vector<SamplingEvent> events = sampling_.wait(limit);
  for (SamplingEvent& event : events) {
    std::visit(Overloaded{
                   [&](BlockMade& made) {
                     perform(worker_.produced(made.chain, made.end, std::move(made.delivery), made.last));
                   },
                   [&](SamplingFailed& failure) { report_failure(failure.ending); },
                   [&](SamplingIdle&) {
                     perform(worker_.sampling_idle());
                     fault_point(FaultPhase::idle);
                   },
               },
               event);
  }
  return !events.empty();
}

void WorkerSide::report_failure(const Ending& ending) { perform(worker_.failed(ending)); }

bool WorkerSide::shut_down(std::chrono::steady_clock::duration limit) {
  sampling_.stop();
  return sampling_.stopped_within(limit);
}

}  // namespace exmc::runtime
