#include "share_job.hpp"

#include "activity.hpp"
#include "exmc/core/text.hpp"
#include "exmc/runtime/wire.hpp"
#include "stop_signal.hpp"

namespace exmc::app {

std::string SharedJob::load() {
  runtime::Encoder out;
  const Process reader = this_process();
  out.put(reader.host).put(reader.pid).put(reader.start);
  try {
    const Activity activity(kReading, voice_of(options_, true), stop_reason(true));
    job_ = load_job(options_, default_chains_);
    programs_ = compile(job_, 1);
    out.put(true).put(encode(job_));
  } catch (...) {
    out.put(false).put(encode(runtime::ending_of_current_exception()));
  }
  loaded_ = out.take();
  return loaded_;
}

void SharedJob::share(const std::function<void()>& send, std::size_t bytes) {
  // A broadcast that all have joined is not left: what asks them to end is heard after it.
  const Activity activity("sending the model and its data, " + in_bytes(bytes) + ", to all ranks",
                          voice_of(options_, true), {});
  send();
}

std::optional<runtime::Ending> SharedJob::accept(const std::string& bytes) {
  runtime::Decoder in(bytes);
  reader_.host = in.get_text();
  reader_.pid = in.get<std::int64_t>();
  reader_.start = in.get<std::int64_t>();
  const bool usable = in.get<bool>();
  const std::string text = in.get_text();
  if (!usable) return runtime::decode_ending(text);
  if (bytes != loaded_) rebuild(text);
  return std::nullopt;
}

void SharedJob::rebuild(const std::string& bytes) {
  loaded_.clear();
  programs_ = {};
  own_failure_.reset();
  try {
    job_ = decode_job(bytes);
    programs_ = compile(job_, 1);
  } catch (...) {
    own_failure_ = runtime::ending_of_current_exception();
  }
}

std::string SharedJob::card() {
  RankCard card = own_card(rank_, own_failure_ ? 0 : job_hash(job_));
  card.failure = own_failure_;
  return encode(card);
}

}  // namespace exmc::app
