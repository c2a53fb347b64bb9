#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#endif

#include <cerrno>
#include <cstring>
#include <fstream>

#include "exmc/core/error.hpp"
#include "exmc/io/draw_file.hpp"
#include "exmc/io/file_status.hpp"
#include "unit/io/small_layout.hpp"
#include "unit/io/temporary_folder.hpp"

namespace exmc::io {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

/// A file system of a given size, as long as it lives.
class SmallDisk {
 public:
  explicit SmallDisk(const std::string& size) {
    mounted_ = mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
    if (!mounted_) reason_ = std::strerror(errno);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) umount2(folder_.path().c_str(), MNT_DETACH);
  }
  [[nodiscard]] bool mounted() const { return mounted_; }
  [[nodiscard]] const std::string& reason() const { return reason_; }
  [[nodiscard]] std::filesystem::path file(const std::string& name) const { return folder_.file(name); }
  [[nodiscard]] bool empty() const { return std::filesystem::is_empty(folder_.path()); }

 private:
  TemporaryFolder folder_;
  bool mounted_ = false;
  std::string reason_;
};

/// HDF5 1.10 neither closes nor frees a file that it cannot flush, and loses sight of it when it opens the next one:
/// the leak sanitizer is not to look at what is allocated while this lives.
class LeavesMemoryBehind {
#if defined(__SANITIZE_ADDRESS__)
  __lsan::ScopedDisabler disabler_;
#endif
};

std::string refusal(const std::filesystem::path& path, const FileLayout& layout) {
  try {
    (void)DrawFile::create(path, layout, Existing::refuse);
  } catch (const IoError& error) {
    return error.what();
  }
  return "made";
}

TEST(DiskFull, IsFoundBeforeTheFirstDraw) {
  const SmallDisk disk("1m");
  if (!disk.mounted()) GTEST_SKIP() << "no file system can be mounted here: " << disk.reason();
  FileLayout wide = small_layout(10);
  wide.variables.push_back({"wide", {100000}});
  const std::string message = refusal(disk.file("a.h5"), wide);
  EXPECT_THAT(message, HasSubstr("a.h5: the draws need 16 MB, but only 1.0 MB are free there"));
  EXPECT_TRUE(disk.empty());
}

TEST(DiskFull, IsFoundAtOnceHoweverMuchIsAskedFor) {
  const TemporaryFolder folder;
  FileLayout endless = small_layout(1000000000000);
  endless.chains = 1000000;
  EXPECT_THAT(refusal(folder.file("a.h5"), endless), HasSubstr("a.h5: the draws need"));
  EXPECT_FALSE(std::filesystem::exists(folder.file("a.h5")));
  EXPECT_THAT(refusal("in_this_folder.h5", endless), HasSubstr("in_this_folder.h5: the draws need"));
}

TEST(DiskFull, IsFoundWhereNotEvenTheLayoutFits) {
  const SmallDisk disk("8k");
  if (!disk.mounted()) GTEST_SKIP() << "no file system can be mounted here: " << disk.reason();
  [[maybe_unused]] const LeavesMemoryBehind unclosed;
  const std::string message = refusal(disk.file("a.h5"), small_layout(10));
  EXPECT_THAT(message, HasSubstr("a.h5: cannot write"));
  EXPECT_THAT(message, EndsWith("No space left on device"));
  EXPECT_TRUE(disk.empty());
}

TEST(DiskFull, DoesNotTouchARunThatHasItsSpace) {
  const SmallDisk disk("1m");
  if (!disk.mounted()) GTEST_SKIP() << "no file system can be mounted here: " << disk.reason();
  const FileLayout layout = small_layout(1000);
  DrawFile file = DrawFile::create(disk.file("a.h5"), layout, Existing::refuse);
  std::ofstream other(disk.file("other"));
  while (other << std::string(4096, 'x') << std::flush) {
  }
  for (std::uint32_t chain = 0; chain < 2; ++chain) {
    file.append({chain}, false, 0, small_rows(layout, chain, 0, layout.draws));
  }
  file.finish();
  EXPECT_EQ(file_status(disk.file("a.h5")).status, FileStatus::complete);
}

}  // namespace
}  // namespace exmc::io
