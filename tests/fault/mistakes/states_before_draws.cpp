// A deliberate mistake for the fault campaign to catch: draws are written after the flush that wrote the chain states
// which stand for them. The linker's --wrap leads the program's calls here.
#include <span>
#include <vector>

#include "exmc/io/draw_file.hpp"

namespace exmc::io {
namespace {

struct Rows {
  ChainId chain;
  bool warmup;
  std::uint64_t first;
  std::vector<double> values;
};
std::vector<Rows> late;

}  // namespace

void right_append(DrawFile*, ChainId, bool, std::uint64_t, std::span<const double>) asm(
    "__real__ZN4exmc2io8DrawFile6appendENS_7ChainIdEbmSt4spanIKdLm18446744073709551615EE");
std::uint64_t right_flush(DrawFile*) asm("__real__ZN4exmc2io8DrawFile5flushEv");
std::uint64_t right_finish(DrawFile*) asm("__real__ZN4exmc2io8DrawFile6finishEv");

void wrong_append(DrawFile*, ChainId, bool, std::uint64_t, std::span<const double>) asm(
    "__wrap__ZN4exmc2io8DrawFile6appendENS_7ChainIdEbmSt4spanIKdLm18446744073709551615EE");
std::uint64_t wrong_flush(DrawFile*) asm("__wrap__ZN4exmc2io8DrawFile5flushEv");
std::uint64_t wrong_finish(DrawFile*) asm("__wrap__ZN4exmc2io8DrawFile6finishEv");

void wrong_append(DrawFile*, ChainId chain, bool warmup, std::uint64_t first, std::span<const double> values) {
  late.push_back({chain, warmup, first, {values.begin(), values.end()}});
}

std::uint64_t wrong_flush(DrawFile* file) {
  const std::uint64_t written = right_flush(file);
  for (const Rows& rows : late) right_append(file, rows.chain, rows.warmup, rows.first, rows.values);
  late.clear();
  return written;
}

std::uint64_t wrong_finish(DrawFile* file) {
  wrong_flush(file);
  return right_finish(file);
}

}  // namespace exmc::io
