/// What a file holds of each draw beside /posterior, and draws from the prior.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "exmc/core/error.hpp"
#include "exmc/io/draw_file.hpp"
#include "exmc/io/draw_reader.hpp"
#include "exmc/io/file_status.hpp"
#include "exmc/io/read_dataset.hpp"
#include "exmc/io/trim.hpp"
#include "unit/io/small_layout.hpp"
#include "unit/io/temporary_folder.hpp"

namespace exmc::io {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsNan;

constexpr std::uint64_t kPriorDraws = 6;

/// All five groups; 11 columns of small_layout()'s come before theirs.
FileLayout layout_with_quantities(std::uint64_t draws) {
  FileLayout layout = small_layout(draws);
  layout.quantities[Quantities::posterior_predictive] = {{"counts", {2}, Storage::int64}, {"z", {}}};
  layout.quantities[Quantities::log_likelihood] = {{"counts", {2}}, {"z", {}}};
  layout.quantities[Quantities::log_prior] = {{"mu", {}}};
  layout.prior = {kPriorDraws,
                  {{"mu", {}}, {"theta", {3}}},
                  {{"counts", {2}, Storage::int64}},
                  [](std::uint64_t draw, std::span<double> row) {
                    for (std::size_t i = 0; i < row.size(); ++i) row[i] = static_cast<double>(draw * 10 + i);
                  }};
  layout.state_bytes = 20;
  return layout;
}

/// Whole numbers, so that integer columns take them.
std::vector<double> whole_rows(const FileLayout& layout, std::uint64_t chain, std::uint64_t first, std::uint64_t rows) {
  std::vector<double> values = small_rows(layout, chain, first, rows);
  for (double& value : values) value = std::floor(value);
  return values;
}

void append(DrawFile& file, const FileLayout& layout, std::uint32_t chain, std::uint64_t first, std::uint64_t rows) {
  file.append({chain}, false, first, whole_rows(layout, chain, first, rows));
}

/// A finished file that nothing happened to.
void write_whole(const std::string& path, const FileLayout& layout) {
  DrawFile file = DrawFile::create(path, layout, Existing::refuse);
  for (std::uint32_t chain = 0; chain < layout.chains; ++chain) append(file, layout, chain, 0, layout.draws);
  file.finish();
}

constexpr std::array kDatasets = {"posterior_predictive/counts",
                                  "posterior_predictive/z",
                                  "log_likelihood/counts",
                                  "log_likelihood/z",
                                  "log_prior/mu",
                                  "prior/mu",
                                  "prior/theta",
                                  "prior_predictive/counts"};

void expect_equal(const std::string& path, const std::string& expected) {
  for (const char* dataset : kDatasets)
    EXPECT_EQ(read_dataset(path, dataset), read_dataset(expected, dataset)) << dataset;
}

TEST(Quantities, AreInTheirPlaces) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  const FileLayout layout = layout_with_quantities(50);
  write_whole(path, layout);
  const std::size_t width = layout.row_width();
  ASSERT_EQ(width, 11U + 3 + 3 + 1);
  const Array counts = read_dataset(path, "posterior_predictive/counts"), z = read_dataset(path, "log_likelihood/z"),
              prior = read_dataset(path, "log_prior/mu");
  ASSERT_EQ(counts.shape, (Shape{2, 50, 2}));
  ASSERT_EQ(z.shape, (Shape{2, 50}));
  for (std::uint64_t chain = 0; chain < 2; ++chain) {
    const std::vector<double> rows = whole_rows(layout, chain, 0, 50);
    for (std::uint64_t draw = 0; draw < 50; ++draw) {
      const double* row = &rows[draw * width];
      const std::uint64_t at = chain * 50 + draw;
      ASSERT_EQ(counts.values[2 * at + 1], row[12]);
      ASSERT_EQ(z.values[at], row[16]);
      ASSERT_EQ(prior.values[at], row[17]);
    }
  }
}

TEST(Quantities, DrawsFromThePriorAreThereFromTheBeginning) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  const DrawFile file = DrawFile::create(path, layout_with_quantities(50), Existing::refuse);
  const Array theta = read_dataset(path, "prior/theta"), counts = read_dataset(path, "prior_predictive/counts");
  ASSERT_EQ(theta.shape, (Shape{1, kPriorDraws, 3}));
  EXPECT_EQ(theta.values[3 * 5 + 2], 53);
  ASSERT_EQ(counts.shape, (Shape{1, kPriorDraws, 2}));
  EXPECT_EQ(counts.values[2 * 5], 54);
}

/// Missing values are none that can be drawn: -1 where draws are counts, else the least integer.
TEST(Quantities, IntegersThatDoNotFitAreMissingAndCounted) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  FileLayout layout = small_layout(5);
  layout.chains = 1;
  layout.statistics = {{"lp", {}}, {"tree_depth", {}, Storage::int64}, {"diverging", {}, Storage::boolean}};
  layout.variables = {{"count", {}, Storage::int64}, {"step", {}, Storage::int64, {}, kMissingInteger}};
  DrawFile file = DrawFile::create(path, layout, Existing::refuse);
  const double nan = std::nan("");
  file.append({0}, false, 0, std::vector<double>{0, 1, 0, 1e19,   -1,       //
                                                 0, 1, 0, nan,    nan,      //
                                                 0, 1, 0, 7,      -0x1p63,  //
                                                 0, 1, 0, 0x1p62, 3});
  (void)file.flush();
  file.append({0}, false, 4, std::vector<double>{0, 1, 0, -0x1p64, 0x1p63});
  file.finish();

  DrawReader reader(path);
  const std::vector<double> count = reader.variable("count", 0), step = reader.variable("step", 0);
  EXPECT_THAT(count, ElementsAre(IsNan(), IsNan(), 7, 0x1p62, IsNan()));
  EXPECT_THAT(step, ElementsAre(-1, IsNan(), IsNan(), 3, IsNan())) << "-1 is a value";
  const std::vector<MissingIntegers> missing = reader.missing_integers();
  ASSERT_EQ(missing.size(), 2U);
  EXPECT_EQ(missing[0].variable + missing[0].group, "countposterior");
  EXPECT_EQ(missing[0].count, 3U);
  EXPECT_EQ(missing[0].total, 5U);
  EXPECT_EQ(missing[1].count, 3U);
  try {
    (void)read_dataset(path, "posterior/step");
    ADD_FAILURE() << "a missing value was read as data";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("element [0][1] is -9223372036854775808, its _FillValue"));
  }
  const std::string trimmed = folder.file("trimmed.h5");
  (void)trim(path, trimmed, Existing::refuse);
  EXPECT_EQ(DrawReader(trimmed).missing_integers().size(), 2U) << "trimming keeps what is missing";
}

TEST(Quantities, AResumeHalfWayMakesTheSameFile) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5"), undisturbed = folder.file("undisturbed.h5");
  const FileLayout layout = layout_with_quantities(50);
  write_whole(undisturbed, layout);
  {
    DrawFile file = DrawFile::create(path, layout, Existing::refuse);
    append(file, layout, 0, 0, 20);
    file.keep_state({0}, "after 20");
    file.flush();
    append(file, layout, 0, 20, 5);  // not flushed
  }
  DrawFile file = DrawFile::resume(path);
  EXPECT_EQ(file.saved_state({0})->draws, 20U);
  append(file, layout, 0, 20, 30);
  append(file, layout, 1, 0, 50);
  file.finish();
  expect_equal(path, undisturbed);
}

TEST(Quantities, ALongerFileHasThemTooAndAsksForNoPriorAgain) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5"), undisturbed = folder.file("undisturbed.h5");
  const FileLayout layout = layout_with_quantities(20);
  FileLayout longer = layout_with_quantities(50);
  write_whole(undisturbed, longer);
  {
    DrawFile file = DrawFile::create(path, layout, Existing::refuse);
    for (const std::uint32_t chain : {0U, 1U}) {
      append(file, layout, chain, 0, 20);
      file.keep_state({chain}, "after 20");
    }
    file.finish();
  }
  longer.prior.write = [](std::uint64_t, std::span<double>) { throw std::logic_error("these draws are there"); };
  DrawFile file = DrawFile::resume(path).extended(longer);
  for (const std::uint32_t chain : {0U, 1U}) append(file, longer, chain, 20, 30);
  file.finish();
  expect_equal(path, undisturbed);
}

TEST(Quantities, TrimKeepsThemOfTheDrawsThatEveryChainHas) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5"), out = folder.file("out.h5"), shorter = folder.file("shorter.h5");
  const FileLayout layout = layout_with_quantities(50);
  write_whole(shorter, layout_with_quantities(20));
  {
    DrawFile file = DrawFile::create(path, layout, Existing::refuse);
    append(file, layout, 0, 0, 30);
    append(file, layout, 1, 0, 20);
    file.flush();
  }
  EXPECT_EQ(trim(path, out, Existing::refuse).draws, 20U);
  EXPECT_EQ(file_status(out).status, FileStatus::complete);
  expect_equal(out, shorter);
}

TEST(Quantities, EveryTruncationIsRefusedInWordsAndTrimLeavesNothing) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5"), out = folder.file("out.h5");
  write_whole(path, layout_with_quantities(50));
  for (std::uintmax_t size = std::filesystem::file_size(path); size > 0; size -= std::min<std::uintmax_t>(size, 4999)) {
    std::filesystem::resize_file(path, size - 1);
    EXPECT_THROW((void)DrawReader(path), IoError) << size;
    EXPECT_THROW((void)DrawFile::resume(path), IoError) << size;
    EXPECT_THROW((void)trim(path, out, Existing::refuse), IoError) << size;
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(std::filesystem::path(path).parent_path()), {}), 1);
  }
}

}  // namespace
}  // namespace exmc::io
