// Numbers that mean something else than what is stored: netCDF's attributes (NetCDF Users' Guide, "Attribute
// Conventions"), places that were never written, filters that are not there. The files are made with the bare library.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>

#include <functional>
#include <string>
#include <type_traits>
#include <vector>

#include "exmc/core/error.hpp"
#include "exmc/io/read_dataset.hpp"
#include "unit/io/temporary_folder.hpp"

namespace exmc::io {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::HasSubstr;

template <class T>
hid_t type_of() {
  if constexpr (std::is_same_v<T, double>) return H5T_NATIVE_DOUBLE;
  if constexpr (std::is_same_v<T, float>) return H5T_NATIVE_FLOAT;
  if constexpr (std::is_same_v<T, std::int8_t>) return H5T_NATIVE_INT8;
  if constexpr (std::is_same_v<T, std::uint8_t>) return H5T_NATIVE_UINT8;
  if constexpr (std::is_same_v<T, std::int16_t>) return H5T_NATIVE_INT16;
  if constexpr (std::is_same_v<T, std::int32_t>) return H5T_NATIVE_INT32;
  if constexpr (std::is_same_v<T, std::int64_t>) return H5T_NATIVE_INT64;
  return H5T_NATIVE_UINT64;
}

/// What stands beside the numbers.
class Attributes {
 public:
  explicit Attributes(hid_t dataset) : dataset_(dataset) {}

  template <class T>
  Attributes& put(const char* name, const std::vector<T>& values, bool scalar = true) {
    const hsize_t count = values.size();
    write(name, type_of<T>(), scalar ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, nullptr), values.data());
    return *this;
  }
  Attributes& text(const char* name, const std::string& value) {
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, value.size());
    write(name, type, H5Screate(H5S_SCALAR), value.data());
    H5Tclose(type);
    return *this;
  }

 private:
  void write(const char* name, hid_t type, hid_t space, const void* values) const {
    const hid_t attribute = H5Acreate2(dataset_, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, type, values);
    H5Aclose(attribute);
    H5Sclose(space);
  }
  hid_t dataset_;
};

class NetcdfTest : public testing::Test {
 protected:
  /// The numbers that a dataset of those stored is read as.
  template <class T>
  std::vector<double> read(const std::vector<T>& stored, const std::function<void(Attributes)>& describe) {
    const hid_t file = H5Fcreate(path().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hsize_t count = stored.size();
    const hid_t space = H5Screate_simple(1, &count, nullptr);
    const hid_t dataset = H5Dcreate2(file, "y", type_of<T>(), space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(dataset, type_of<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, stored.data());
    describe(Attributes(dataset));
    H5Dclose(dataset);
    H5Sclose(space);
    H5Fclose(file);
    return read_dataset(path(), "y").values;
  }
  template <class T>
  std::string refusal(const std::vector<T>& stored, const std::function<void(Attributes)>& describe) {
    return message_of([&] { (void)read(stored, describe); });
  }
  static std::string message_of(const std::function<void()>& reading) {
    try {
      reading();
    } catch (const InputError& error) {
      return error.what();
    }
    return "read";
  }

  /// A dataset of 4 x 6 in chunks of 2 x 3, of which those are written whose first elements are given.
  std::string chunked(
      const std::vector<std::pair<hsize_t, hsize_t>>& written, const std::function<void(hid_t)>& prepare = [](hid_t) {},
      hid_t type = H5T_STD_I32LE) {
    const hid_t file = H5Fcreate(path().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hsize_t extent[] = {4, 6}, chunk[] = {2, 3};
    const hid_t space = H5Screate_simple(2, extent, nullptr), memory = H5Screate_simple(2, chunk, nullptr);
    const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(creation, 2, chunk);
    prepare(creation);
    const hid_t dataset = H5Dcreate2(file, "y", type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    const std::vector<int> values(6, 7);
    for (const auto& [row, column] : written) {
      const hsize_t start[] = {row, column};
      H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nullptr, chunk, nullptr);
      H5Dwrite(dataset, H5T_NATIVE_INT, memory, space, H5P_DEFAULT, values.data());
    }
    for (const hid_t id : {dataset}) H5Dclose(id);
    for (const hid_t id : {space, memory}) H5Sclose(id);
    H5Pclose(creation);
    H5Fclose(file);
    return message_of([&] { (void)read_dataset(path(), "y"); });
  }

  [[nodiscard]] std::string path() const { return folder_.file("data.h5"); }
  TemporaryFolder folder_;
};

void nothing(const Attributes&) {}

TEST_F(NetcdfTest, PackedNumbersAreUnpacked) {
  const auto packed = [](Attributes a) {
    a.put<double>("scale_factor", {0.01}).put<double>("add_offset", {273.15}, false);
  };
  EXPECT_THAT(read<std::int16_t>({100, 200, 300}, packed), ElementsAre(DoubleEq(274.15), 275.15, 276.15));
  EXPECT_THAT(read<float>({100, 200}, [](Attributes a) { a.put<int>("scale_factor", {2}); }), ElementsAre(200, 400));
  EXPECT_THAT(read<std::uint8_t>({1, 255}, [](Attributes a) { a.put<float>("add_offset", {-0.5F}); }),
              ElementsAre(0.5, 254.5));
}

TEST_F(NetcdfTest, TheSignBitIsReadAsTheFileSays) {
  const auto as = [](const char* value) { return [value](Attributes a) { a.text("_Unsigned", value); }; };
  EXPECT_THAT(read<std::int8_t>({1, -1, -128}, as("true")), ElementsAre(1, 255, 128));
  EXPECT_THAT(read<std::int16_t>({1, -1}, as("True")), ElementsAre(1, 65535));
  EXPECT_THAT(read<std::uint8_t>({1, 255}, as("false")), ElementsAre(1, -1));
  EXPECT_THAT(read<std::int8_t>({1, -1}, as("false")), ElementsAre(1, -1));
  EXPECT_THAT(refusal<std::int8_t>({1}, as("yes")), HasSubstr("\"_Unsigned\" is \"yes\", expected true or false"));
}

TEST_F(NetcdfTest, MissingValuesAreRefusedWithTheirPlace) {
  EXPECT_THAT(refusal<std::int16_t>({1, -32767, 3}, [](Attributes a) { a.put<std::int16_t>("_FillValue", {-32767}); }),
              HasSubstr(R"("y": element [1] is -32767, its _FillValue: missing values are refused)"));
  const auto two = [](Attributes a) {
    a.put<double>("missing_value", {-99, -98}, false).put<double>("scale_factor", {2});
  };
  EXPECT_THAT(refusal<std::int32_t>({1, 2, -98}, two), HasSubstr("element [2] is -98, its missing_value"));
  EXPECT_THAT(read<std::int32_t>({1, 49}, two), ElementsAre(2, 98)) << "stored numbers are compared, not unpacked ones";
  EXPECT_THAT(refusal<float>({1, 1e20F}, [](Attributes a) { a.put<double>("missing_value", {1e20}); }),
              HasSubstr("element [1]"))
      << "in the precision that is stored";
  const auto bytes = [](Attributes a) { a.put<std::int8_t>("_FillValue", {-1}).text("_Unsigned", "true"); };
  EXPECT_THAT(refusal<std::int8_t>({1, -1}, bytes), HasSubstr("element [1] is 255, its _FillValue"));
  const auto wide = [](Attributes a) { a.put<std::int64_t>("_FillValue", {-9223372036854775807 - 1}); };
  EXPECT_THAT(refusal<std::int64_t>({-9223372036854775807 - 1}, wide),
              HasSubstr("element [0] is -9223372036854775808, its _FillValue"));
}

TEST_F(NetcdfTest, WhatIsOutsideItsValidRangeIsMissing) {
  const auto range = [](Attributes a) { a.put<std::int16_t>("valid_range", {0, 100}, false); };
  EXPECT_THAT(read<std::int16_t>({0, 100}, range), ElementsAre(0, 100));
  EXPECT_THAT(refusal<std::int16_t>({0, 101}, range), HasSubstr("element [1] is 101, outside of its valid range"));
  EXPECT_THAT(refusal<double>({0, -0.5}, [](Attributes a) { a.put<double>("valid_min", {0}); }),
              HasSubstr("element [1] is -0.5, outside"));
  EXPECT_THAT(refusal<double>({0, 3}, [](Attributes a) { a.put<int>("valid_max", {2}); }), HasSubstr("is 3, outside"));
  const auto packed = [](Attributes a) { a.put<double>("scale_factor", {0.1}).put<std::int16_t>("valid_max", {50}); };
  EXPECT_THAT(refusal<std::int16_t>({50, 51}, packed), HasSubstr("element [1] is 51")) << "of the stored type";
  const auto unpacked = [](Attributes a) { a.put<double>("scale_factor", {0.1}).put<double>("valid_max", {50}); };
  EXPECT_THAT(read<std::int16_t>({51}, unpacked), ElementsAre(DoubleEq(5.1))) << "of the type of the scale";
  EXPECT_THAT(refusal<std::int16_t>({51, 501}, unpacked), HasSubstr("element [1] is 50.1"));
  const auto bytes = [](Attributes a) { a.text("_Unsigned", "true").put<std::int8_t>("valid_range", {0, -6}, false); };
  EXPECT_THAT(refusal<std::int8_t>({-6, -5}, bytes), HasSubstr("element [1] is 251"));
}

TEST_F(NetcdfTest, WhatIsNotUnderstoodIsRefusedByName) {
  EXPECT_THAT(refusal<int>({1}, [](Attributes a) { a.text("scale_factor", "0.1"); }),
              HasSubstr("its attribute \"scale_factor\" holds no number"));
  EXPECT_THAT(refusal<int>({1},
                           [](Attributes a) {
                             a.put<double>("add_offset", {1, 2}, false);
                           }),
              HasSubstr("\"add_offset\" holds 2 numbers, expected 1"));
  EXPECT_THAT(refusal<int>({1}, [](Attributes a) { a.put<double>("valid_range", {1}); }), HasSubstr("expected 2"));
  EXPECT_THAT(refusal<std::uint8_t>({1}, [](Attributes a) { a.put<double>("missing_value", {1e20}); }),
              HasSubstr("\"missing_value\" is 1e+20, which no stored number can be"));
  EXPECT_THAT(refusal<int>({1}, [](Attributes a) { a.put<int>("FillValue", {1}); }),
              HasSubstr("\"FillValue\" is not understood (is \"_FillValue\" meant?)"));
  EXPECT_THAT(refusal<std::uint64_t>({0, 0}, [](Attributes a) { a.put<int>("MATLAB_empty", {1}); }),
              HasSubstr("\"MATLAB_empty\" says that it is a shape"));
  const auto harmless = [](Attributes a) { a.text("units", "days since 2000-01-01").put<int>("flag_values", {1}); };
  EXPECT_THAT(read<int>({1, 2}, harmless), ElementsAre(1, 2));
}

TEST_F(NetcdfTest, WholeNumbersThatNoDoubleHoldsAreRefused) {
  EXPECT_THAT(read<std::int64_t>({9007199254740992, -9007199254740992}, nothing), ElementsAre(0x1p53, -0x1p53));
  EXPECT_THAT(refusal<std::int64_t>({1, 9007199254740993}, nothing),
              HasSubstr("element [1] is 9007199254740993: whole numbers beyond 2^53 are not exact"));
  EXPECT_THAT(refusal<std::uint64_t>({18446744073709551615U}, nothing), HasSubstr("is 18446744073709551615: whole"));
  EXPECT_THAT(read<double>({1e300}, nothing), ElementsAre(1e300)) << "a real number";
}

TEST_F(NetcdfTest, WhatWasNeverWrittenIsMissing) {
  EXPECT_EQ(chunked({{0, 0}, {0, 3}, {2, 0}, {2, 3}}), "read");
  EXPECT_THAT(chunked({{0, 0}, {0, 3}, {2, 3}}),
              HasSubstr("the chunk that begins at element [2][0] was never written: missing values are refused"));
  EXPECT_THAT(chunked({}), HasSubstr("was never written"));
  // Of a chunk that netCDF wrote in part the rest holds its fill value, and no attribute says so.
  const auto as_netcdf = [](hid_t creation) {
    const int fill = -2147483647;
    H5Pset_fill_value(creation, H5T_NATIVE_INT, &fill);
  };
  EXPECT_EQ(chunked({{0, 0}, {0, 3}, {2, 0}, {2, 3}}, as_netcdf), "read");
  EXPECT_THAT(chunked({{0, 0}, {0, 3}, {2, 0}, {1, 3}}, as_netcdf),
              HasSubstr("element [3][3] is -2147483647, netCDF's fill value"));
  const auto as_netcdf_real = [](hid_t creation) {
    const double fill = 9.9692099683868690e+36;
    H5Pset_fill_value(creation, H5T_NATIVE_DOUBLE, &fill);
  };
  for (const hid_t type : {H5T_IEEE_F64LE, H5T_IEEE_F32LE, H5T_IEEE_F32BE}) {
    EXPECT_EQ(chunked({{0, 0}, {0, 3}, {2, 0}, {2, 3}}, as_netcdf_real, type), "read");
    EXPECT_THAT(chunked({{0, 0}, {0, 3}, {2, 0}, {1, 3}}, as_netcdf_real, type),
                HasSubstr("e+36, netCDF's fill value"));
  }
}

TEST_F(NetcdfTest, AFilterThatIsNotThereIsNamed) {
  EXPECT_EQ(chunked({{0, 0}, {0, 3}, {2, 0}, {2, 3}}, [](hid_t list) { H5Pset_deflate(list, 1); }), "read");
  const auto lzf = [](hid_t list) { H5Pset_filter(list, 32000, H5Z_FLAG_OPTIONAL, 0, nullptr); };
  EXPECT_THAT(chunked({{0, 0}, {0, 3}, {2, 0}, {2, 3}}, lzf),
              HasSubstr("is stored with the filter lzf, which this program's HDF5 lacks"));
}

}  // namespace
}  // namespace exmc::io
