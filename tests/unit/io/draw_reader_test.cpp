#include "exmc/io/draw_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "exmc/core/error.hpp"
#include "exmc/io/file_status.hpp"
#include "unit/io/small_layout.hpp"
#include "unit/io/temporary_folder.hpp"

namespace exmc::io {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A file whose chains have `draws0` and `draws1` of their draws.
DrawFile write_file(const std::string& path, const FileLayout& layout, std::uint64_t draws0, std::uint64_t draws1) {
  DrawFile file = DrawFile::create(path, layout, Existing::replace);
  file.append({0}, false, 0, small_rows(layout, 0, 0, draws0));
  file.append({1}, false, 0, small_rows(layout, 1, 0, draws1));
  file.flush();
  return file;
}

TEST(DrawReader, ReadsEveryElementOverTheChains) {
  const TemporaryFolder folder;
  const FileLayout layout = small_layout(20000);
  write_file(folder.file("a.h5"), layout, 20000, 15000).finish();
  DrawReader reader(folder.file("a.h5"));
  EXPECT_EQ(reader.chains(), 2U);
  EXPECT_EQ(reader.draws(), 20000U);
  EXPECT_THAT(reader.durable_draws(), ElementsAre(20000, 15000));
  ASSERT_EQ(reader.common_draws(), 15000U);

  std::size_t column = layout.statistics.size();
  for (const Column& variable : reader.variables()) {
    for (std::size_t element = 0; element < element_count(variable.shape); ++element, ++column) {
      const std::vector<double> values = reader.variable(variable.name, element);
      ASSERT_EQ(values.size(), 30000U);
      for (std::size_t chain = 0; chain < 2; ++chain) {
        for (std::size_t draw = 0; draw < 15000; draw += 611) {
          ASSERT_EQ(values[chain * 15000 + draw], static_cast<double>(chain * 1000000 + draw * 100 + column) + 0.25);
        }
      }
    }
  }
  EXPECT_EQ(column, layout.row_width());
  EXPECT_EQ(reader.statistic("tree_depth")[15000 + 12], 1);
  EXPECT_EQ(reader.statistic("diverging")[7], 1);
}

TEST(DrawReader, LeavesOutWhatHasNoDrawYet) {
  const TemporaryFolder folder;
  const FileLayout layout = small_layout(10);
  {
    const DrawFile file = write_file(folder.file("a.h5"), layout, 0, 7);
    const DrawReader reader(folder.file("a.h5"));
    EXPECT_THAT(reader.chain_numbers(), ElementsAre(1));
    EXPECT_THAT(reader.waiting_chains(), ElementsAre(0));
    EXPECT_EQ(reader.common_draws(), 7U);
    EXPECT_THAT(file_status(folder.file("a.h5")).draws, testing::UnorderedElementsAre(0, 7));
  }
  const DrawFile none = write_file(folder.file("b.h5"), layout, 0, 0);
  const DrawReader reader(folder.file("b.h5"));
  EXPECT_EQ(reader.chains(), 2U);
  EXPECT_EQ(reader.common_draws(), 0U);
}

TEST(DrawReader, ListsColumnsInTheirOrder) {
  const TemporaryFolder folder;
  const FileLayout layout = small_layout(10);
  write_file(folder.file("a.h5"), layout, 10, 10).finish();
  const DrawReader reader(folder.file("a.h5"));
  const std::vector<Column> variables = reader.variables(), statistics = reader.statistics();
  ASSERT_EQ(variables.size(), 3U);
  ASSERT_EQ(statistics.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(variables[i].name, layout.variables[i].name);
    EXPECT_EQ(variables[i].shape, layout.variables[i].shape);
    EXPECT_EQ(statistics[i].storage, layout.statistics[i].storage);
  }
  EXPECT_EQ(reader.text("model/ir"), "{\"exmc_ir\": 1}");
}

TEST(DrawReader, NamesTheChainsThatDidNotSettle) {
  const TemporaryFolder folder;
  DrawFile file = write_file(folder.file("a.h5"), small_layout(10), 10, 10);
  file.set_settled({0}, true);
  file.set_settled({1}, false);
  EXPECT_THAT(DrawReader(folder.file("a.h5")).unsettled_chains(), ElementsAre(1));
}

std::string refusal(const std::string& path) {
  try {
    const DrawReader reader(path);
  } catch (const IoError& error) {
    return error.what();
  }
  return "read";
}

TEST(DrawReader, RefusesWhatIsNotItsOwn) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  EXPECT_THAT(refusal(path), HasSubstr("a.h5: cannot open: No such file"));
  std::ofstream(folder.file("text.h5")) << "text";
  EXPECT_THAT(refusal(folder.file("text.h5")), HasSubstr("text.h5: cannot read it as HDF5"));
  write_file(path, small_layout(1000), 1000, 1000).finish();
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 100);
  EXPECT_THAT(refusal(path), HasSubstr("truncated"));
}

TEST(DrawReader, FailsInWordsOnEveryTruncation) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  write_file(path, small_layout(50), 50, 50).finish();
  for (std::uintmax_t size = std::filesystem::file_size(path); size > 0; size -= std::min<std::uintmax_t>(size, 997)) {
    std::filesystem::resize_file(path, size - 1);
    EXPECT_NE(refusal(path), "read") << "at " << size << " bytes";
  }
}

TEST(FileStatus, TellsTheFourStates) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  EXPECT_EQ(file_status(path).status, FileStatus::unreadable);
  const FileLayout layout = small_layout(10);
  {
    DrawFile file = write_file(path, layout, 10, 4);
    const StatusReport report = file_status(path);
    EXPECT_EQ(report.status, FileStatus::being_written);
    EXPECT_THAT(report.text, HasSubstr("being written by process " + std::to_string(getpid()) + " on host "));
    EXPECT_THAT(report.text, HasSubstr("4 to 10 of 10 draws in each of 2 chains"));
  }
  EXPECT_EQ(file_status(path).status, FileStatus::resumable);
  write_file(path, layout, 10, 10).finish();
  EXPECT_EQ(file_status(path).status, FileStatus::complete);
  std::filesystem::resize_file(path, 100);
  EXPECT_EQ(file_status(path).status, FileStatus::unreadable);
}

}  // namespace
}  // namespace exmc::io
