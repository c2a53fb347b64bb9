// Writes a file of draws that can be told from their place, in blocks of random size with a flush now and then, and
// says after each flush what is durable: the victim of tests/fault/kill_writer_test.py.
//
//   draw_writer create|resume FILE DRAWS [early]
//
// "early" is a deliberate mistake: it reports what is about to be appended, which the test has to notice.
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "exmc/core/error.hpp"
#include "exmc/io/draw_file.hpp"
#include "unit/io/small_layout.hpp"

namespace {

using exmc::ChainId;
using exmc::io::DrawFile;
using exmc::io::FileLayout;

/// A state that names its draw, long enough that writing it can be interrupted.
std::string state_after(std::uint64_t draws) { return std::string(3000, 's') + std::to_string(draws); }

/// One write(2) a line, so that a kill cannot leave half of it.
void say(std::string line) {
  line += '\n';
  if (write(STDOUT_FILENO, line.data(), line.size()) < 0) _exit(1);
}

std::string counts(const std::vector<std::uint64_t>& draws) {
  std::string line("written");
  for (const std::uint64_t count : draws) line.append(" ").append(std::to_string(count));
  return line;
}

/// Where each chain goes on; a state that does not belong to its draws ends the program.
std::vector<std::uint64_t> starting_points(const DrawFile& file, const FileLayout& layout) {
  std::vector<std::uint64_t> next(layout.chains, 0);
  for (std::uint32_t chain = 0; chain < layout.chains; ++chain) {
    const auto state = file.saved_state(ChainId{chain});
    if (!state) continue;
    if (state->bytes != state_after(state->draws) || state->draws > file.durable_draws()[chain]) {
      say("a state that does not fit its draws");
      _exit(1);
    }
    next[chain] = state->draws;
  }
  return next;
}

int run(int count, char** arguments) {
  const std::string path = arguments[2];
  FileLayout layout = exmc::io::small_layout(std::stoull(arguments[3]));
  layout.state_bytes = 4096;
  const bool early = count > 4;
  DrawFile file = std::strcmp(arguments[1], "create") == 0 ? DrawFile::create(path, layout, exmc::io::Existing::refuse)
                                                           : DrawFile::resume(path);
  say("open");

  std::vector<std::uint64_t> next = starting_points(file, layout);
  std::minstd_rand random(static_cast<unsigned>(getpid()));
  for (std::uint64_t step = 1; next != std::vector<std::uint64_t>(layout.chains, layout.draws); ++step) {
    const std::uint32_t chain = random() % layout.chains;
    const std::uint64_t rows = std::min<std::uint64_t>(1 + random() % 800, layout.draws - next[chain]);
    const std::vector<double> values = exmc::io::small_rows(layout, chain, next[chain], rows);
    next[chain] += rows;
    if (early) {
      say(counts(next));
      usleep(10000);
    }
    file.append(ChainId{chain}, false, next[chain] - rows, values);
    file.keep_state(ChainId{chain}, state_after(next[chain]));
    if (step % 8 != 0) continue;
    file.flush();
    say(counts(file.durable_draws()));
  }
  file.finish();
  say("finished");
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 4) return 2;
  try {
    return run(count, arguments);
  } catch (const exmc::Error& error) {
    say(error.what());
    return static_cast<int>(error.code());
  }
}
