#include "exmc/io/read_dataset.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>

#include <fstream>

#include "exmc/core/error.hpp"
#include "unit/io/temporary_folder.hpp"

namespace exmc::io {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A file with one dataset of each kind, made with the bare library.
std::string make_file(const TemporaryFolder& folder) {
  const std::string path = folder.file("data.h5");
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hsize_t extent[] = {2, 3};
  const hid_t matrix = H5Screate_simple(2, extent, nullptr), scalar = H5Screate(H5S_SCALAR), null = H5Screate(H5S_NULL);
  const hid_t group = H5Gcreate2(file, "group", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  const auto put = [&](const char* name, hid_t stored, hid_t memory, hid_t space, const void* values) {
    const hid_t dataset = H5Dcreate2(file, name, stored, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    if (values != nullptr) H5Dwrite(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    H5Dclose(dataset);
  };
  const double numbers[] = {1, 2, 3, 4, 5, 6.5};
  const int whole[] = {1, -2, 3, 4, 5, 6};
  put("group/X", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, matrix, numbers);
  put("float_big_endian", H5T_IEEE_F32BE, H5T_NATIVE_DOUBLE, matrix, numbers);
  put("int16", H5T_STD_I16BE, H5T_NATIVE_INT, matrix, whole);
  put("uint8_scalar", H5T_STD_U8LE, H5T_NATIVE_INT, scalar, whole);
  put("empty", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, null, nullptr);
  const hid_t text = H5Tcopy(H5T_C_S1);
  put("text", text, text, scalar, "x");
  const hid_t boolean = H5Tenum_create(H5T_STD_I8LE);
  const signed char no = 0, yes = 1, flags[] = {0, 1, 1, 0, 0, 1};
  H5Tenum_insert(boolean, "FALSE", &no);
  H5Tenum_insert(boolean, "TRUE", &yes);
  put("flags", boolean, boolean, matrix, flags);
  const hid_t colour = H5Tenum_create(H5T_STD_I8LE);
  H5Tenum_insert(colour, "RED", &no);
  put("colours", colour, colour, scalar, flags);
  H5Lcreate_soft("/nowhere", file, "dangling", H5P_DEFAULT, H5P_DEFAULT);
  for (const hid_t type : {text, boolean, colour}) H5Tclose(type);
  for (const hid_t space : {matrix, scalar, null}) H5Sclose(space);
  H5Gclose(group);
  H5Fclose(file);
  return path;
}

std::string refusal(const std::string& path, const std::string& dataset, std::uint64_t most_bytes = kUnlimitedMemory) {
  try {
    (void)read_dataset(path, dataset, most_bytes);
  } catch (const InputError& error) {
    return error.what();
  }
  return "read";
}

TEST(ReadDataset, ConvertsEveryKindOfNumber) {
  const TemporaryFolder folder;
  const std::string path = make_file(folder);
  EXPECT_EQ(read_dataset(path, "group/X"), (Array{{2, 3}, {1, 2, 3, 4, 5, 6.5}}));
  EXPECT_EQ(read_dataset(path, "/group/X"), read_dataset(path, "float_big_endian"));
  EXPECT_THAT(read_dataset(path, "int16").values, ElementsAre(1, -2, 3, 4, 5, 6));
  EXPECT_EQ(read_dataset(path, "uint8_scalar"), Array::scalar(1));
  EXPECT_THAT(read_dataset(path, "flags").values, ElementsAre(0, 1, 1, 0, 0, 1));
}

TEST(ReadDataset, SaysWhatItFoundInstead) {
  const TemporaryFolder folder;
  const std::string path = make_file(folder);
  EXPECT_THAT(refusal(path, "text"), HasSubstr("holds strings, expected numbers"));
  EXPECT_THAT(refusal(path, "colours"), HasSubstr("holds an enumeration, expected numbers"));
  EXPECT_THAT(refusal(path, "empty"), HasSubstr("is empty"));
  EXPECT_THAT(refusal(path, "group"), HasSubstr("is not a dataset"));
  EXPECT_THAT(refusal(path, "flag"), HasSubstr("has no dataset \"flag\" (did you mean \"flags\"?)"));
  EXPECT_THAT(refusal(path, "nothing/here"), HasSubstr("has no dataset"));
  EXPECT_THAT(refusal(path, "dangling"), HasSubstr("has no dataset"));
  EXPECT_THAT(refusal(path, ""), HasSubstr("has no dataset"));
}

TEST(ReadDataset, SaysWhyAFileCannotBeRead) {
  const TemporaryFolder folder;
  std::ofstream(folder.file("table.csv")) << "x,y\n";
  EXPECT_THAT(refusal(folder.file("none.h5"), "X"), HasSubstr("No such file"));
  EXPECT_THAT(refusal(folder.file("table.csv"), "X"), HasSubstr("is not an HDF5 file"));
  EXPECT_THAT(refusal(folder.path(), "X"), HasSubstr("is not an HDF5 file"));
  const std::string path = make_file(folder);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  EXPECT_THAT(refusal(path, "group/X"), HasSubstr("truncated"));
}

TEST(ReadDataset, BeyondTheMemoryLimitNothingIsAllocated) {
  const TemporaryFolder folder;
  const std::string path = make_file(folder);
  EXPECT_EQ(read_dataset(path, "group/X", 6 * sizeof(double)).values.size(), 6U);
  EXPECT_THAT(refusal(path, "group/X", 5 * sizeof(double)),
              HasSubstr("of shape (2, 3) does not fit: 40 B are left of what the run may use (runtime.memory_limit)"));
  // Nothing of a chunked dataset need be in the file for it to be large.
  const std::string huge = folder.file("huge.h5");
  const hid_t file = H5Fcreate(huge.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hsize_t extent[] = {hsize_t{1} << 50U}, chunk[] = {1024};
  const hid_t space = H5Screate_simple(1, extent, nullptr), creation = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(creation, 1, chunk);
  H5Dclose(H5Dcreate2(file, "y", H5T_IEEE_F64LE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
  H5Pclose(creation);
  H5Sclose(space);
  H5Fclose(file);
  EXPECT_THAT(refusal(huge, "y", 1'000'000), HasSubstr("does not fit: 1.0 MB are left"));
}

}  // namespace
}  // namespace exmc::io
