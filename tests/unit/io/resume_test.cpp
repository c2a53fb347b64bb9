#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "exmc/core/error.hpp"
#include "exmc/io/draw_file.hpp"
#include "exmc/io/draws_so_far.hpp"
#include "exmc/io/file_status.hpp"
#include "exmc/io/read_dataset.hpp"
#include "unit/io/small_layout.hpp"
#include "unit/io/temporary_folder.hpp"

namespace exmc::io {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

FileLayout layout_with_states() {
  FileLayout layout = small_layout(100, 10);
  layout.state_bytes = 50;
  layout.warmup_state_bytes = 100;
  layout.tuning_bytes = 20;
  layout.warmed_chains = 1;
  return layout;
}

void append(DrawFile& file, const FileLayout& layout, std::uint32_t chain, std::uint64_t first, std::uint64_t rows) {
  file.append({chain}, false, first, small_rows(layout, chain, first, rows));
}

/// Overwrites bytes of the /run/states dataset from `position` on.
void damage_states(const std::string& path, const std::string& marker, std::size_t count) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  const std::size_t position = text.str().find(marker);
  ASSERT_NE(position, std::string::npos);
  file.seekp(static_cast<std::streamoff>(position));
  file << std::string(count, '#');
}

TEST(Resume, GoesOnFromTheLastDurableState) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  const FileLayout layout = layout_with_states();
  {
    DrawFile file = DrawFile::create(path, layout, Existing::refuse);
    file.keep_warmup({0}, "in the warm-up");
    file.keep_tuning({0}, "tuning");
    file.append({0}, true, 0, small_rows(layout, 0, 0, 10));
    append(file, layout, 0, 0, 30);
    file.keep_state({0}, "state after 30");
    file.flush();
    append(file, layout, 0, 30, 10);
    file.keep_state({0}, "state after 40");
    file.flush();
    append(file, layout, 0, 40, 5);
    file.keep_state({0}, "state after 45, not flushed");
  }
  DrawFile file = DrawFile::resume(path);
  EXPECT_EQ(file.saved_tuning({0}), "tuning");
  EXPECT_EQ(file.saved_tuning({1}), "");
  ASSERT_TRUE(file.saved_warmup({0}));
  EXPECT_EQ(file.saved_warmup({0})->bytes, "in the warm-up");
  ASSERT_TRUE(file.saved_state({0}));
  EXPECT_EQ(file.saved_state({0})->bytes, "state after 40");
  EXPECT_EQ(file.saved_state({0})->draws, 40U);
  EXPECT_EQ(file.saved_state({0})->warmup_rows, 10U);
  EXPECT_FALSE(file.saved_state({1}));
  EXPECT_THROW(append(file, layout, 0, 41, 1), std::logic_error);
  append(file, layout, 0, 40, 60);
  append(file, layout, 1, 0, 100);
  file.finish();
  EXPECT_EQ(file_status(path).status, FileStatus::complete);
  EXPECT_EQ(read_dataset(path, "posterior/mu").values[99], 9903.25);
}

TEST(Resume, FallsBackOnTheOtherSlotWhenAWriteWasTorn) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  const FileLayout layout = layout_with_states();
  {
    DrawFile file = DrawFile::create(path, layout, Existing::refuse);
    for (std::uint64_t draw = 0; draw < 3; ++draw) {
      append(file, layout, 0, draw, 1);
      file.keep_state({0}, "STATE" + std::to_string(draw + 1));
      file.flush();
    }
  }
  damage_states(path, "STATE3", 2);
  const DrawFile file = DrawFile::resume(path);
  ASSERT_TRUE(file.saved_state({0}));
  EXPECT_EQ(file.saved_state({0})->bytes, "STATE2");
  EXPECT_EQ(file.saved_state({0})->draws, 2U);
  EXPECT_THAT(file.durable_draws(), ElementsAre(3, 0));
}

TEST(Resume, NeverTakesBackWhatWasWritten) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  const FileLayout layout = layout_with_states();
  {
    DrawFile file = DrawFile::create(path, layout, Existing::refuse);
    append(file, layout, 0, 0, 20);
    file.keep_state({0}, "state");
    append(file, layout, 0, 20, 30);
    file.flush();
  }
  DrawFile file = DrawFile::resume(path);
  append(file, layout, 0, 20, 5);
  file.flush();
  EXPECT_THAT(read_dataset(path, "run/progress").values, ElementsAre(50, 0));
}

TEST(Resume, ALongerFileIsTheOneThatHadTheRoomFromTheStart) {
  const TemporaryFolder folder;
  const FileLayout layout = layout_with_states();
  FileLayout longer = layout;
  longer.draws = 20000;  // chunks of another length
  {
    DrawFile file = DrawFile::create(folder.file("a.h5"), layout, Existing::refuse);
    file.keep_tuning({0}, "tuning");
    file.append({0}, true, 0, small_rows(layout, 0, 0, 10));
    append(file, layout, 0, 0, 100);
    append(file, layout, 1, 0, 30);
    file.keep_state({0}, "state after 100");
    file.set_settled({0}, true);
    file.flush();
  }
  {
    DrawFile file = DrawFile::resume(folder.file("a.h5")).extended(longer);
    EXPECT_EQ(file.draws(), 20000U);
    EXPECT_THAT(file.durable_draws(), ElementsAre(100, 30));
    EXPECT_EQ(file.saved_state({0})->bytes, "state after 100");
    EXPECT_EQ(file.saved_state({0})->warmup_rows, 10U);
    EXPECT_EQ(file.saved_tuning({0}), "tuning");
    EXPECT_THROW((void)DrawFile::resume(folder.file("a.h5")), IoError) << "it is locked from the start";
    append(file, longer, 0, 100, 19900);
    append(file, longer, 1, 0, 20000);
    file.finish();
  }
  DrawFile whole = DrawFile::create(folder.file("b.h5"), longer, Existing::refuse);
  for (std::uint32_t chain = 0; chain < 2; ++chain) append(whole, longer, chain, 0, 20000);
  whole.finish();
  for (const char* name : {"posterior/theta", "sample_stats/tree_depth", "sample_stats/diverging"}) {
    EXPECT_EQ(read_dataset(folder.file("a.h5"), name), read_dataset(folder.file("b.h5"), name)) << name;
  }
  EXPECT_EQ(read_dataset(folder.file("a.h5"), "warmup_posterior/mu").values[9], small_rows(layout, 0, 9, 1)[3]);
  EXPECT_EQ(read_dataset(folder.file("a.h5"), "sample_stats/settled").values[0], 1);
}

Event event(const std::string& kind, std::int64_t chain) { return {1.5, kind, 2, "host", chain, 30, "what was done"}; }

TEST(Events, AreCountedOnceTheyAreDurable) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  const auto count = [&] { return read_dataset(path, "run/events/count").values[0]; };
  {
    DrawFile file = DrawFile::create(path, layout_with_states(), Existing::refuse);
    EXPECT_TRUE(file.add_event(event("death", 1)));
    EXPECT_EQ(count(), 0);
    file.flush();
    EXPECT_EQ(count(), 1);
    EXPECT_TRUE(file.add_event(event("lost with the writer", 0)));
  }
  DrawFile file = DrawFile::resume(path);
  EXPECT_TRUE(file.add_event(event(std::string(100, 'x'), 0)));
  file.begin_chain({1}, {3, "host", 2.5});
  file.end_chain({1}, 4.5);
  FileLayout longer = layout_with_states();
  longer.draws = 200;
  file.flush();
  file = std::move(file).extended(longer);
  file.finish();
  EXPECT_EQ(count(), 2);
  EXPECT_EQ(read_dataset(path, "run/events/chain").values[0], 1);
  EXPECT_EQ(read_dataset(path, "run/events/iteration").values[1], 30);
  EXPECT_TRUE(std::isnan(read_dataset(path, "run/events/time").values[2]));
  EXPECT_THAT(read_dataset(path, "run/chains/rank").values, ElementsAre(-1, 3));
  EXPECT_EQ(read_dataset(path, "run/chains/ended").values[1], 4.5);
}

TEST(Events, OfAWriterThatWasKilledAreKeptByTheOneThatTakesOver) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  const auto kinds = [](const DrawFile& file) {
    std::vector<std::string> found;
    for (const Event& row : file.events()) found.push_back(row.kind);
    return found;
  };
  {
    DrawFile file = DrawFile::create(path, layout_with_states(), Existing::refuse);
    EXPECT_TRUE(file.add_event(event("begun", -1)));
    file.flush();
    EXPECT_TRUE(file.add_event(event("death", 1)));
    EXPECT_TRUE(file.add_event(event("takeover", -1)));
  }
  {
    DrawFile file = DrawFile::take_over(path);
    EXPECT_THAT(kinds(file), ElementsAre("begun", "death", "takeover"));
    EXPECT_EQ(file.events()[1].chain, 1);
    EXPECT_EQ(file.events()[1].action, "what was done");
    file.flush();
    EXPECT_TRUE(file.add_event(event("completed", 0)));
    EXPECT_TRUE(file.add_event(event("ended", -1)));
  }
  {
    DrawFile file = DrawFile::resume(path);
    EXPECT_THAT(kinds(file), ElementsAre("begun", "death", "takeover"))
        << "the host of the writer may have died with it";
    EXPECT_TRUE(file.add_event(event("continued", -1)));
  }
  EXPECT_THAT(kinds(DrawFile::take_over(path)), ElementsAre("begun", "death", "takeover", "continued"))
      << "no row from before the resume comes back";
}

TEST(TakeOver, MayRefuseTheWriterOfBefore) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  DrawFile::create(path, layout_with_states(), Existing::refuse).flush();
  Process writer;
  const auto refuse = [&](const Process& found) {
    writer = found;
    throw IoError("another run's");
  };
  const auto before = std::filesystem::last_write_time(path);
  EXPECT_THROW(static_cast<void>(DrawFile::take_over(path, refuse)), IoError);
  EXPECT_EQ(writer, this_process());
  EXPECT_EQ(std::filesystem::last_write_time(path), before);
}

TEST(Events, AFullTableCountsWhatItMisses) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  DrawFile file = DrawFile::create(path, layout_with_states(), Existing::refuse);
  int kept = 0;
  while (file.add_event(event("death", 0))) ++kept;
  EXPECT_FALSE(file.add_event(event("death", 0)));
  file.finish();
  EXPECT_EQ(kept, 256 + 4 * 2);
  EXPECT_EQ(read_dataset(path, "run/events/count").values[0], kept);
  EXPECT_EQ(read_dataset(path, "run/events/missed").values[0], 2);
}

TEST(DrawFile, ThatIsGoneIsNoticedByTheNextFlush) {
  const TemporaryFolder folder;
  DrawFile file = DrawFile::create(folder.file("a.h5"), layout_with_states(), Existing::refuse);
  std::filesystem::rename(folder.file("a.h5"), folder.file("b.h5"));
  EXPECT_THROW(file.flush(), IoError);
}

TEST(Resume, AFileThatWasRefusedIsUntouched) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  DrawFile::create(path, layout_with_states(), Existing::refuse).finish();
  const auto before = std::filesystem::last_write_time(path);
  EXPECT_THROW((void)DrawFile::resume(path, [] { throw InputError("another run"); }), InputError);
  EXPECT_EQ(std::filesystem::last_write_time(path), before);
  DrawFile::resume(path).finish();
}

TEST(Resume, RefusesAFileInUseAndAStateThatIsTooLong) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  EXPECT_THROW((void)DrawFile::resume(path), IoError);
  DrawFile file = DrawFile::create(path, layout_with_states(), Existing::refuse);
  try {
    (void)DrawFile::resume(path);
    FAIL() << "a file in use was resumed";
  } catch (const IoError& error) {
    EXPECT_THAT(error.what(), HasSubstr("is being written by process"));
  }
  file.keep_state({0}, std::string(57, 'x'));
  EXPECT_THROW(file.flush(), std::logic_error);
}

TEST(Cut, KeepsTheFirstDrawsOfEachChainInACompleteFile) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  FileLayout layout = layout_with_states();
  layout.has_goal = true;
  {
    DrawFile file = DrawFile::create(path, layout, Existing::refuse);
    file.keep_tuning({0}, "tuning");
    append(file, layout, 0, 0, 60);
    append(file, layout, 1, 0, 45);
    file.keep_state({0}, "state after 60");
    file.set_looked(31);
    Event enough;
    enough.kind = "enough";
    EXPECT_TRUE(file.add_event(enough));
    const auto so_far = file.draws_so_far({0, 1}, 40);
    ASSERT_EQ(so_far->variables().size(), 3U);
    const std::vector<double> theta = so_far->element(1, 2);
    ASSERT_EQ(theta.size(), 80U);
    EXPECT_EQ(theta[41], 1000000 + 100 + 6.25) << "chain 1, draw 1, column 6";
    file = std::move(file).cut(40, "as far as that");
    EXPECT_EQ(file.finish(), 80U);
  }
  const Array mu = read_dataset(path, "posterior/mu");
  EXPECT_EQ(mu.shape, (Shape{2, 40}));
  EXPECT_EQ(mu.values[79], 1000000 + 3900 + 3.25);
  const StatusReport status = file_status(path);
  EXPECT_EQ(status.status, FileStatus::complete) << status.text;
  EXPECT_THAT(status.text, HasSubstr("as far as that"));
  DrawFile again = DrawFile::resume(path);
  EXPECT_EQ(again.goal(), "as far as that");
  EXPECT_FALSE(again.saved_state({0}));
  EXPECT_EQ(again.saved_tuning({0}), "tuning");
  EXPECT_EQ(again.events().back().kind, "enough");
}

TEST(Cut, AFileWhoseGoalMayStillBeReachedEarlierIsNotComplete) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  FileLayout layout = layout_with_states();
  layout.has_goal = true;
  for (const std::uint64_t looked : {std::uint64_t{91}, layout.draws}) {
    DrawFile file = DrawFile::create(path, layout, Existing::replace);
    for (const std::uint32_t chain : {0U, 1U}) append(file, layout, chain, 0, layout.draws);
    file.set_looked(looked);
    file.finish();
    EXPECT_EQ(file_status(path).status, looked == layout.draws ? FileStatus::complete : FileStatus::resumable);
  }
}

}  // namespace
}  // namespace exmc::io
