#include "exmc/core/file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "exmc/core/error.hpp"
#include "unit/temporary_folder.hpp"

namespace exmc {
namespace {

std::string refusal(const std::filesystem::path& path) {
  try {
    (void)read_text_file(path, "here");
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

TEST(File, IsReadWhole) {
  const TemporaryFolder folder;
  const std::string text = std::string(100000, 'x') + std::string("\0\r\n", 3);
  EXPECT_EQ(read_text_file(folder.write("a.txt", text), "here"), text);
  EXPECT_EQ(read_text_file(folder.write("empty", ""), "here"), "");
  EXPECT_NE(read_text_file("/proc/self/status", "here").find("Pid:"), std::string::npos) << "its size is said to be 0";
}

TEST(File, WhatIsNoFileIsRefusedWithoutWaiting) {
  const TemporaryFolder folder;
  const auto pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(refusal(pipe), "here: \"" + pipe.string() + "\" is a pipe, expected a file");
  EXPECT_EQ(refusal("/dev/zero"), "here: \"/dev/zero\" is a device, expected a file");
  EXPECT_EQ(refusal("/"), "here: \"/\" is a directory, expected a file");
  EXPECT_EQ(refusal("/absent/file"), "here: there is no file \"/absent/file\"");
  EXPECT_THAT(refusal(folder.path() / std::string(5000, 'x')), ::testing::HasSubstr("cannot look at"));
  std::filesystem::create_symlink("circle", folder.path() / "circle");
  EXPECT_THAT(refusal(folder.path() / "circle"), ::testing::HasSubstr("cannot look at"));
}

TEST(File, OfAnAbsurdSizeIsRefusedUnread) {
  const TemporaryFolder folder;
  const auto path = folder.write("sparse", "");
  std::filesystem::resize_file(path, std::uintmax_t{1} << 40U);
  EXPECT_THAT(refusal(path), ::testing::HasSubstr("is larger than 4 GiB"));
}

}  // namespace
}  // namespace exmc
