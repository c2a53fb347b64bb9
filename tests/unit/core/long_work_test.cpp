#include "exmc/core/long_work.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <utility>
#include <vector>

namespace exmc {
namespace {

using testing::ElementsAre;
using testing::Pair;

using Heard = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

WorkListener note_in(Heard& heard) {
  return [&heard](std::uint64_t done, std::uint64_t of) { heard.emplace_back(done, of); };
}

TEST(LongWork, IsHeardWhileSomebodyListens) {
  Heard outer, inner;
  WorkMeter meter{10};
  meter.add(1);
  {
    const ListenToWork listen(note_in(outer));
    meter.add(2);
    {
      const ListenToWork nearer(note_in(inner));
      meter.add(3);
    }
    meter.add(4);
  }
  tell_of_work(10, 10);
  EXPECT_THAT(outer, ElementsAre(Pair(3, 10), Pair(10, 10)));
  EXPECT_THAT(inner, ElementsAre(Pair(6, 10)));
}

TEST(LongWork, EndsByWhatTheListenerThrows) {
  const ListenToWork listen([](std::uint64_t done, std::uint64_t) {
    if (done == 3) throw std::runtime_error("enough");
  });
  WorkMeter meter{10};
  EXPECT_THROW(
      while (meter.done < meter.of) { meter.add(1); }, std::runtime_error);
  EXPECT_EQ(meter.done, 3U);
}

}  // namespace
}  // namespace exmc
