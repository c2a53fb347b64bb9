#include "exmc/runtime/message.hpp"

#include <exception>
#include <new>

#include "exmc/runtime/wire.hpp"

namespace exmc::runtime {

std::string encode(const Assignment& assignment) {
  return Encoder().put(assignment.chain).put(assignment.tuning).put(assignment.state).take();
}

Assignment decode_assignment(const std::string& bytes) {
  Decoder in(bytes);
  Assignment assignment;
  assignment.chain = in.get<ChainId>();
  assignment.tuning = in.get_text();
  assignment.state = in.get_text();
  return assignment;
}

std::string encode(const Delivery& delivery) {
  const Block& block = delivery.block;
  const ChainProgress& progress = delivery.progress;
  Encoder out;
  out.put(block.chain).put(block.begin).put(block.end).put(block.warmup).put(block.first).put(block.rows);
  out.put(block.values).put(block.state).put(block.tuning);
  out.put(progress.stage).put(progress.iteration).put(progress.iterations);
  out.put(progress.divergences).put(progress.step_size).put(delivery.complete);
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
  delivery.complete = in.get<bool>();
  return delivery;
}

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
