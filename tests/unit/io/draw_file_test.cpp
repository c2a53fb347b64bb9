#include "exmc/io/draw_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "exmc/core/error.hpp"
#include "exmc/io/read_dataset.hpp"
#include "unit/io/small_layout.hpp"
#include "unit/io/temporary_folder.hpp"

namespace exmc::io {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string contents(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::size_t files_in(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

/// Appends all rows of both chains in blocks of `block`.
void append_all(DrawFile& file, const FileLayout& layout, std::uint64_t block) {
  for (std::uint32_t chain = 0; chain < layout.chains; ++chain) {
    for (std::uint64_t first = 0; first < layout.draws; first += block) {
      const std::uint64_t rows = std::min(block, layout.draws - first);
      file.append({chain}, false, first, small_rows(layout, chain, first, rows));
    }
  }
}

TEST(DrawFile, KeepsEveryNumberInItsPlace) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  const FileLayout layout = small_layout(20000);  // several chunks in each dataset
  DrawFile file = DrawFile::create(path, layout, Existing::refuse);
  append_all(file, layout, 777);
  EXPECT_EQ(file.flush(), 40000U);
  file.finish();

  const Array theta = read_dataset(path, "posterior/theta");
  const Array depth = read_dataset(path, "sample_stats/tree_depth");
  const Array diverging = read_dataset(path, "sample_stats/diverging");
  ASSERT_EQ(theta.shape, (Shape{2, 20000, 3}));
  ASSERT_EQ(diverging.shape, (Shape{2, 20000}));
  for (std::uint64_t chain = 0; chain < 2; ++chain) {
    const std::vector<double> rows = small_rows(layout, chain, 0, layout.draws);
    for (std::uint64_t draw = 0; draw < layout.draws; ++draw) {
      const double* row = &rows[draw * layout.row_width()];
      const std::uint64_t at = chain * layout.draws + draw;
      ASSERT_EQ(depth.values[at], row[1]);
      ASSERT_EQ(diverging.values[at], row[2]);
      for (std::size_t i = 0; i < 3; ++i) ASSERT_EQ(theta.values[at * 3 + i], row[4 + i]);
    }
  }
  EXPECT_THAT(read_dataset(path, "run/progress").values, ElementsAre(20000, 20000));
}

TEST(DrawFile, ShowsMissingDrawsAsMissing) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  const FileLayout layout = small_layout(10, 4);
  DrawFile file = DrawFile::create(path, layout, Existing::refuse);
  file.append({1}, false, 0, small_rows(layout, 1, 0, 6));
  std::vector<double> unsettled = small_rows(layout, 0, 0, 2);
  unsettled[1] = NAN;
  file.append({0}, true, 0, unsettled);
  file.set_settled({1}, true);
  file.flush();

  const Array mu = read_dataset(path, "posterior/mu");
  const Array diverging = read_dataset(path, "sample_stats/diverging");
  EXPECT_EQ(mu.values[15], 1000503.25);
  EXPECT_TRUE(std::isnan(mu.values[16]));
  EXPECT_TRUE(std::isnan(mu.values[0]));
  EXPECT_EQ(diverging.values[16], -1);
  EXPECT_THAT(read_dataset(path, "sample_stats/settled").values, ElementsAre(-1, 1));
  EXPECT_THROW((void)read_dataset(path, "warmup_sample_stats/tree_depth"), InputError)
      << "missing integers are no data";
  EXPECT_THAT(read_dataset(path, "run/progress").values, ElementsAre(0, 6));
  EXPECT_THAT(read_dataset(path, "run/warmup_progress").values, ElementsAre(2, 0));
  EXPECT_THAT(file.durable_draws(), ElementsAre(0, 6));
}

TEST(DrawFile, CountsOnlyWhatIsDurable) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  const FileLayout layout = small_layout(10);
  DrawFile file = DrawFile::create(path, layout, Existing::refuse);
  file.append({0}, false, 0, small_rows(layout, 0, 0, 5));
  EXPECT_THAT(read_dataset(path, "run/progress").values, ElementsAre(0, 0));
  EXPECT_EQ(file.flush(), 5U);
  EXPECT_THAT(read_dataset(path, "run/progress").values, ElementsAre(5, 0));
}

TEST(DrawFile, TakesABlockTwice) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  const FileLayout layout = small_layout(10);
  DrawFile file = DrawFile::create(path, layout, Existing::refuse);
  file.append({0}, false, 0, small_rows(layout, 0, 0, 8));
  file.append({0}, false, 2, small_rows(layout, 0, 2, 3));
  EXPECT_EQ(file.flush(), 8U);
  EXPECT_EQ(read_dataset(path, "posterior/mu").values[7], 703.25);
}

TEST(DrawFile, RefusesRowsWithoutAPlace) {
  const TemporaryFolder folder;
  const FileLayout layout = small_layout(10);
  DrawFile file = DrawFile::create(folder.file("a.h5"), layout, Existing::refuse);
  EXPECT_THROW(file.append({2}, false, 0, small_rows(layout, 0, 0, 1)), std::logic_error);   // no such chain
  EXPECT_THROW(file.append({0}, false, 1, small_rows(layout, 0, 1, 1)), std::logic_error);   // a gap
  EXPECT_THROW(file.append({0}, false, 0, small_rows(layout, 0, 0, 11)), std::logic_error);  // too many
  EXPECT_THROW(file.append({0}, true, 0, small_rows(layout, 0, 0, 1)), std::logic_error);    // warm-up is not kept
  EXPECT_THROW(file.append({0}, false, 0, std::vector<double>(layout.row_width() + 1)), std::logic_error);
}

/// Since when a file has its writer is the one thing that two equal files made by one process may differ in.
void forget_since_when(const std::string& path) {
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  const hid_t dataset = H5Dopen2(file, "run/writer_since", H5P_DEFAULT);
  const std::int64_t never = 0;
  ASSERT_GE(H5Dwrite(dataset, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, &never), 0);
  H5Dclose(dataset);
  H5Fclose(file);
}

TEST(DrawFile, IsTheSameBytesForTheSameDraws) {
  const TemporaryFolder folder;
  const FileLayout layout = small_layout(1000, 5);
  for (const auto& [name, block] : {std::pair{"a.h5", 1000}, std::pair{"b.h5", 13}}) {
    DrawFile file = DrawFile::create(folder.file(name), layout, Existing::refuse);
    append_all(file, layout, static_cast<std::uint64_t>(block));
    file.finish();
    forget_since_when(folder.file(name));
  }
  EXPECT_TRUE(contents(folder.file("a.h5")) == contents(folder.file("b.h5")));
}

TEST(DrawFile, RefusesAnExistingFileAndLeavesItAlone) {
  const TemporaryFolder folder;
  std::ofstream(folder.file("a.h5")) << "precious";
  try {
    (void)DrawFile::create(folder.file("a.h5"), small_layout(10), Existing::refuse);
    FAIL() << "an existing file was taken";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("a.h5: exists already; give --resume to go on with it, --overwrite to replace it"));
  }
  EXPECT_EQ(contents(folder.file("a.h5")), "precious");
  EXPECT_EQ(files_in(folder.path()), 1U);
  EXPECT_THROW((void)DrawFile::create(folder.path(), small_layout(10), Existing::replace), InputError);
}

TEST(DrawFile, ReplacesAFileThatNobodyWrites) {
  const TemporaryFolder folder;
  std::ofstream(folder.file("a.h5")) << "old";
  std::filesystem::create_symlink("a.h5", folder.file("link.h5"));
  DrawFile::create(folder.file("link.h5"), small_layout(10), Existing::replace).finish();
  EXPECT_TRUE(std::filesystem::is_symlink(folder.file("link.h5")));
  EXPECT_EQ(read_dataset(folder.file("a.h5"), "posterior/mu").shape, (Shape{2, 10}));
}

TEST(DrawFile, IsNotReplacedWhileItIsWritten) {
  const TemporaryFolder folder;
  const FileLayout layout = small_layout(10);
  DrawFile file = DrawFile::create(folder.file("a.h5"), layout, Existing::refuse);
  try {
    (void)DrawFile::create(folder.file("a.h5"), layout, Existing::replace);
    FAIL() << "a file in use was replaced";
  } catch (const IoError& error) {
    EXPECT_THAT(error.what(), HasSubstr("is being written by process " + std::to_string(getpid()) + " on host"));
  }
  file.append({0}, false, 0, small_rows(layout, 0, 0, 10));
  file.finish();
  DrawFile::create(folder.file("a.h5"), layout, Existing::replace).finish();
}

TEST(DrawFile, LeavesNothingBehindWhereItCannotBeMade) {
  const TemporaryFolder folder;
  EXPECT_THROW((void)DrawFile::create(folder.file("none/a.h5"), small_layout(10), Existing::refuse), IoError);
  FileLayout twice = small_layout(10);
  twice.variables.push_back(twice.variables.front());
  EXPECT_THROW((void)DrawFile::create(folder.file("a.h5"), twice, Existing::refuse), IoError);
  EXPECT_EQ(files_in(folder.path()), 0U);
}

TEST(DrawFile, RemovesWhatAKilledRunLeftBehind) {
  const TemporaryFolder folder;
  std::ofstream(folder.file(".a.h5.part")) << "half";
  DrawFile::create(folder.file("a.h5"), small_layout(10), Existing::refuse).finish();
  EXPECT_EQ(files_in(folder.path()), 1U);
}

TEST(ExpectedBytes, AreThoseOfTheFile) {
  const TemporaryFolder folder;
  int number = 0;
  for (const std::uint64_t draws : {1, 1000, 100000}) {
    for (const std::uint64_t warmup : {std::uint64_t{0}, draws / 2}) {
      FileLayout layout = small_layout(draws, warmup);
      layout.state_bytes = 1000;
      layout.constant.push_back({"X", {{draws, 2}, std::vector<double>(2 * draws, 1.5)}});
      const std::string path = folder.file(std::to_string(number++) + ".h5");
      DrawFile::create(path, layout, Existing::refuse).finish();
      const auto found = static_cast<double>(std::filesystem::file_size(path));
      EXPECT_NEAR(static_cast<double>(expected_bytes(layout)), found, 0.02 * found + 8192) << draws << ", " << warmup;
    }
  }
}

}  // namespace
}  // namespace exmc::io
