#include "sampling_thread.hpp"

#include <algorithm>
#include <utility>

namespace exmc::runtime {
namespace {

using Clock = std::chrono::steady_clock;

// A block goes out by time or by size, whichever comes first; neither influences a draw. A state goes with each: where
// that is long, so are the rows.
constexpr std::chrono::milliseconds kBlockTime{250};
constexpr std::size_t kBlockBytes = std::size_t{64} << 10, kLongestBlock = std::size_t{2} << 20;
constexpr std::size_t kRowsOverState = 8;

}  // namespace

SamplingThread::SamplingThread(ChainFactory& factory, std::size_t most_held)
    : factory_(factory), most_held_(most_held), thread_([this] { loop(); }) {}

SamplingThread::~SamplingThread() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = quit_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void SamplingThread::start(Assignment assignment) {
  const std::lock_guard lock(mutex_);
  next_ = std::move(assignment);
  changed_.notify_all();
}

void SamplingThread::stop() {
  const std::lock_guard lock(mutex_);
  stop_ = true;
  changed_.notify_all();
}

std::vector<SamplingEvent> SamplingThread::wait(Clock::duration limit) {
  std::unique_lock lock(mutex_);
  reported_.wait_for(lock, limit, [this] { return !events_.empty(); });
  return std::exchange(events_, {});
}

void SamplingThread::limit_held(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  most_held_ = bytes;
}

void SamplingThread::release(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  held_bytes_ -= bytes;
  changed_.notify_all();
}

bool SamplingThread::stopped_within(Clock::duration limit) {
  std::unique_lock lock(mutex_);
  return reported_.wait_for(lock, limit, [this] { return !busy_; });
}

void SamplingThread::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return quit_ || next_; });
    if (quit_) return;
    const Assignment assignment = std::move(*next_);
    next_.reset();
    busy_ = true;
    lock.unlock();
    try {
      run_chain(assignment);
    } catch (...) {
      report(SamplingFailed{ending_of_current_exception()});
    }
    working_ = false;
    lock.lock();
    busy_ = false;
    events_.emplace_back(SamplingIdle{});
    reported_.notify_all();
  }
}

void SamplingThread::report(SamplingEvent event) {
  const std::lock_guard lock(mutex_);
  if (const auto* made = std::get_if<BlockMade>(&event)) held_bytes_ += made->delivery.size();
  events_.push_back(std::move(event));
  reported_.notify_all();
}

bool SamplingThread::wait_for_room() {
  std::unique_lock lock(mutex_);
  working_ = false;
  changed_.wait(lock, [this] { return stop_ || held_bytes_ < most_held_; });
  working_ = true;
  return !stop_;
}

void SamplingThread::run_chain(const Assignment& assignment) {
  working_ = true;
  std::uint64_t end = 0;  // of what was handed over
  try {
    sample(assignment, end);
  } catch (const ChainFailed& failure) {
    Delivery last;
    last.block.chain = assignment.chain;
    last.block.begin = last.block.end = end;
    last.block.state = failure.state();
    last.failure = failure.what();
    report(BlockMade{assignment.chain, end + kOfFailure, encode(last), true});
  }
}

void SamplingThread::sample(const Assignment& assignment, std::uint64_t& end) {
  const auto task = factory_.make(assignment.chain, assignment.tuning, assignment.state, pulse_);
  bool more = true;
  std::vector<double> room;  // of a block's rows, for the next block
  std::size_t most_bytes = kBlockBytes;
  while (more && wait_for_room()) {
    const Clock::time_point deadline = Clock::now() + kBlockTime;
    Delivery delivery;
    delivery.block.values = std::move(room);
    const Block& block = delivery.block;
    bool turn_over = false;
    more = task->advance(delivery.block, [&](std::size_t bytes) {
      turn_over = assignment.until > 0 && !block.warmup && block.first + block.rows >= assignment.until;
      return turn_over || bytes >= most_bytes || Clock::now() >= deadline || stop_.load();
    });
    delivery.progress = task->progress();
    delivery.complete = !more;
    delivery.yields = more && turn_over;
    more = more && !turn_over;
    end = delivery.block.end;
    most_bytes = std::clamp(kRowsOverState * delivery.block.state.size(), kBlockBytes, kLongestBlock);
    report(BlockMade{delivery.block.chain, end, encode(delivery), !more});
    room = std::move(delivery.block.values);
    room.clear();
  }
}

}  // namespace exmc::runtime
