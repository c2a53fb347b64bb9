#include "exmc/runtime/message.hpp"

#include <exception>
#include <new>

#include "exmc/runtime/wire.hpp"

namespace exmc::runtime {

std::string encode(const Readiness& readiness) {
  return Encoder().put(readiness.knows_places).put(readiness.job).put(readiness.card).take();
}

Readiness decode_readiness(const std::string& bytes) {
  Decoder in(bytes);
  Readiness readiness;
  readiness.knows_places = in.get<bool>();
  readiness.job = in.get<std::uint64_t>();
  readiness.card = in.get_text();
  return readiness;
}

std::string encode(const Assignment& assignment) {
  return Encoder()
      .put(assignment.chain)
      .put(assignment.shared_tuning)
      .put(assignment.tuning)
      .put(assignment.state)
      .put(assignment.until)
      .take();
}

Assignment decode_assignment(const std::string& bytes) {
  Decoder in(bytes);
  Assignment assignment;
  assignment.chain = in.get<ChainId>();
  assignment.shared_tuning = in.get<bool>();
  assignment.tuning = in.get_text();
  assignment.state = in.get_text();
  assignment.until = in.get<std::uint64_t>();
  return assignment;
}

std::string encode(const Delivery& delivery) {
  const Block& block = delivery.block;
  const ChainProgress& progress = delivery.progress;
  constexpr std::size_t all_else = 256;
  Encoder out(block.values.size() * sizeof(double) + block.state.size() + block.tuning.size() + all_else);
  out.put(block.chain).put(block.begin).put(block.end).put(block.warmup).put(block.first).put(block.rows);
  out.put(block.values).put(block.state).put(block.tuning);
  out.put(progress.stage).put(progress.iteration).put(progress.iterations);
  out.put(progress.divergences)
      .put(progress.step_size)
      .put(progress.gradients)
      .put(delivery.complete)
      .put(delivery.yields)
      .put(delivery.failure);
  return out.take();
}

Delivery decode_delivery(const std::string& bytes) {
  Decoder in(bytes);
  Delivery delivery;
  Block& block = delivery.block;
  block.chain = in.get<ChainId>();
  block.begin = in.get<std::uint64_t>();
  block.end = in.get<std::uint64_t>();
  block.warmup = in.get<bool>();
  block.first = in.get<std::uint64_t>();
  block.rows = in.get<std::uint64_t>();
  block.values = in.get_doubles();
  block.state = in.get_text();
  block.tuning = in.get_text();
  ChainProgress& progress = delivery.progress;
  progress.stage = in.get_text();
  progress.iteration = in.get<std::uint64_t>();
  progress.iterations = in.get<std::uint64_t>();
  progress.divergences = in.get<std::uint64_t>();
  progress.step_size = in.get<double>();
  progress.gradients = in.get<double>();
  delivery.complete = in.get<bool>();
  delivery.yields = in.get<bool>();
  delivery.failure = in.get_text();
  return delivery;
}

std::string encode(const Process& process) {
  return Encoder().put(process.host).put(process.pid).put(process.start).take();
}

Process decode_process(const std::string& bytes) {
  Decoder in(bytes);
  Process process;
  process.host = in.get_text();
  process.pid = in.get<std::int64_t>();
  process.start = in.get<std::int64_t>();
  return process;
}

std::string encode(const std::vector<Process>& places) {
  Encoder out;
  out.put(places.size());
  for (const Process& place : places) out.put(encode(place));
  return out.take();
}

std::vector<Process> decode_places(const std::string& bytes) {
  Decoder in(bytes);
  std::vector<Process> places(in.get<std::size_t>());
  for (Process& place : places) place = decode_process(in.get_text());
  return places;
}

std::string encode(const Standing& standing) {
  Encoder out;
  out.put(standing.has_tuning).put(standing.stop_reason).put(standing.chains.size());
  for (const ChainId chain : standing.chains) out.put(chain);
  out.put(standing.running.size());
  for (const Turn& turn : standing.running) out.put(turn.chain).put(turn.until);
  return out.take();
}

Standing decode_standing(const std::string& bytes) {
  Decoder in(bytes);
  Standing standing;
  standing.has_tuning = in.get<bool>();
  standing.stop_reason = in.get_text();
  for (auto count = in.get<std::size_t>(); count > 0; --count) standing.chains.push_back(in.get<ChainId>());
  for (auto count = in.get<std::size_t>(); count > 0; --count) {
    Turn& turn = standing.running.emplace_back();
    turn.chain = in.get<ChainId>();
    turn.until = in.get<std::uint64_t>();
  }
  return standing;
}

std::string encode(const Heartbeat& beat) { return Encoder().put(beat.sampling).put(beat.pulse).take(); }

Heartbeat decode_heartbeat(const std::string& bytes) {
  Decoder in(bytes);
  Heartbeat beat;
  beat.sampling = in.get<bool>();
  beat.pulse = in.get<std::uint64_t>();
  return beat;
}

std::string encode(const TuningOutcome& outcome) { return Encoder().put(outcome.arrived).take(); }

TuningOutcome decode_tuning_outcome(const std::string& bytes) { return {Decoder(bytes).get<bool>()}; }

std::string encode(const Acknowledgement& acknowledgement) {
  return Encoder().put(acknowledgement.chain).put(acknowledgement.end).take();
}

Acknowledgement decode_acknowledgement(const std::string& bytes) {
  Decoder in(bytes);
  Acknowledgement acknowledgement;
  acknowledgement.chain = in.get<ChainId>();
  acknowledgement.end = in.get<std::uint64_t>();
  return acknowledgement;
}

std::string encode(const Ending& ending) {
  return Encoder().put(ending.code).put(ending.message).put(ending.clean).take();
}

Ending decode_ending(const std::string& bytes) {
  Decoder in(bytes);
  Ending ending;
  ending.code = in.get<ExitCode>();
  ending.message = in.get_text();
  ending.clean = in.get<bool>();
  return ending;
}

Ending ending_of_current_exception() {
  try {
    throw;
  } catch (const Error& error) {
    return {error.code(), error.what(), true};
  } catch (const std::bad_alloc&) {
    return {ExitCode::io_failed, "out of memory", true};
  } catch (const std::exception& error) {
    return {ExitCode::defect, std::string("a defect of this program, please report it: ") + error.what(), true};
  }
}

}  // namespace exmc::runtime
