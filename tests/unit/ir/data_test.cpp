#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <clocale>
#include <filesystem>
#include <limits>
#include <string>

#include "exmc/ir/load.hpp"
#include "unit/ir/support.hpp"
#include "unit/temporary_folder.hpp"

namespace exmc::ir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class DataTest : public ::testing::Test {
 protected:
  /// The entry `y` of a model that stands in the folder.
  Array read(const std::string& entry, const DatasetReader& reader = {}) const {
    ModelSource source;
    source.file = folder_.write("model.json",
                                R"({"exmc_ir": 1, "data": {"y": )" + entry + R"(}, "nodes": {"x": {"expr": "y"}}})");
    return load_model(source, reader).data.at("y");
  }
  Array read_column(const std::string& csv) const {
    (void)folder_.write("data.csv", csv);
    return read(R"({"file": "data.csv", "column": "y"})");
  }
  std::string refusal(const std::string& entry, const DatasetReader& reader = {}) const {
    return message_of([&] { (void)read(entry, reader); });
  }

  TemporaryFolder folder_;
};

TEST_F(DataTest, InlineNumbersKeepTheirShape) {
  EXPECT_EQ(read("3"), Array::scalar(3));
  EXPECT_EQ(read("-0.5"), Array::scalar(-0.5));
  EXPECT_EQ(read("[1, 2, 3]"), (Array{{3}, {1, 2, 3}}));
  EXPECT_EQ(read("[[1, 2, 3], [4, 5, 6]]"), (Array{{2, 3}, {1, 2, 3, 4, 5, 6}}));
  EXPECT_EQ(read("[[[1], [2]]]"), (Array{{1, 2, 1}, {1, 2}}));
}

TEST_F(DataTest, TrueIsOneAndAnEmptyListAnArray) {
  EXPECT_EQ(read("true"), Array::scalar(1));
  EXPECT_EQ(read("[true, false, 2]"), (Array{{3}, {1, 0, 2}}));
  EXPECT_EQ(read("[]"), (Array{{0}, {}}));
  EXPECT_EQ(read("[[], []]"), (Array{{2, 0}, {}}));
  EXPECT_THAT(refusal("[[], [1]]"), HasSubstr("data.y[1]: found a list of 1, expected 0, as in the first one"));
}

TEST_F(DataTest, WholeNumbersThatNoDoubleHoldsAreRefusedRealOnesNot) {
  EXPECT_EQ(read("[9007199254740992, -9007199254740992, 1e300]"), (Array{{3}, {0x1p53, -0x1p53, 1e300}}));
  EXPECT_THAT(refusal("[0, 9007199254740993]"),
              HasSubstr("data.y[1]: found 9007199254740993, a whole number beyond 2^53"));
  EXPECT_THAT(refusal("[[0], [-18446744073709551617]]"), HasSubstr("data.y[1][0]: found -18446744073709551617"));
  EXPECT_EQ(read_column("y\n9007199254740992\n"), (Array{{1}, {0x1p53}}));
  (void)folder_.write("data.csv", "y\n1\n+9007199254740993\n");
  EXPECT_THAT(refusal(R"({"file": "data.csv", "column": "y"})"),
              HasSubstr("line 3: column \"y\": found +9007199254740993"));
}

TEST_F(DataTest, CsvMayBeWrittenInEveryWayOfItsStandard) {
  const Array expected{{2}, {1.5, -2}};
  EXPECT_EQ(read_column("y\n1.5\n-2\n"), expected);
  EXPECT_EQ(read_column("y\n1.5\n-2"), expected) << "no line break at the end";
  EXPECT_EQ(read_column("\xEF\xBB\xBFx,y\r\n7,1.5\r\n8,-2\r\n\r\n"), expected) << "Excel";
  EXPECT_EQ(read_column("\"x, \"\"z\"\"\",\"y\"\n\"a\nb\",\"1.5\"\n\"\",-2\n"), expected) << "quotes";
  EXPECT_EQ(read_column("y,Z\xC3\xBCrich\n1.5,a \"b\"\n -2 ,\n"), expected) << "other columns may hold anything";
  EXPECT_EQ(read_column("x ,\t y \n7,1.5\n8,-2\n"), expected) << "spaces around names, as around numbers";
}

TEST_F(DataTest, BeyondTheMemoryLimitNothingIsRead) {
  (void)folder_.write("data.csv", "y\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
  ModelSource source;
  source.text = R"({"exmc_ir": 1, "data": {"x": [1, 2], "y": {"file": "data.csv", "column": "y"}},
                   "nodes": {"a": {"expr": "y"}}})";
  source.folder = folder_.path();
  source.memory_limit = 11 * sizeof(double);
  EXPECT_EQ(load_model(source, {}).data.at("y").values.size(), 9U);
  source.memory_limit = 10 * sizeof(double);
  EXPECT_THAT(message_of([&] { (void)load_model(source, {}); }),
              HasSubstr("does not fit: 64 B are left of what the run may use (runtime.memory_limit)"));
  source.memory_limit = 4 * sizeof(double) / 2;
  EXPECT_THAT(message_of([&] { (void)load_model(source, {}); }), HasSubstr("data.csv\" does not fit: 0 B are left"));
}

TEST_F(DataTest, MissingValuesAreReadWhereTheyAreAskedFor) {
  const auto read_missing = [&](const std::string& entry, const std::string& observed,
                                const DatasetReader& reader = {}) {
    ModelSource source;
    source.file = folder_.write("model.json", R"({"exmc_ir": 1, "data": {"y": )" + entry + R"(}, "nodes": {"x": {"dist":
        "normal", "mu": 0, "sigma": 1, "observed": ")" +
                                                  observed + R"(", "missing": "impute"}}})");
    return load_model(source, reader).data.at("y").values;
  };
  const auto is_nan = ::testing::NanSensitiveDoubleEq(std::numeric_limits<double>::quiet_NaN());
  (void)folder_.write("data.csv", "y,z\n1,1\nNA,1\n,2\n nan ,3\n2,4\n");
  const std::string csv = R"({"file": "data.csv", "column": "y"})";
  EXPECT_THAT(read_missing("[1, null, \"NA\"]", "y"), ElementsAre(1, is_nan, is_nan));
  EXPECT_THAT(read_missing(csv, "log(y[0:5])"), ElementsAre(1, is_nan, is_nan, is_nan, 2));
  const DatasetReader reader = [](const std::string&, const std::string&, std::uint64_t) -> Array {
    return {{2}, {std::numeric_limits<double>::quiet_NaN(), 1}};
  };
  (void)folder_.write("a.h5", "");
  EXPECT_THAT(read_missing(R"({"file": "a.h5", "dataset": "y"})", "y", reader), ElementsAre(is_nan, 1));
  for (const auto& [entry, why] :
       {std::pair<std::string, std::string>{"[1, null]", "found null"}, {csv, "found \"NA\""}}) {
    EXPECT_THAT(refusal(entry), ::testing::AllOf(HasSubstr(why), HasSubstr("\"missing\": \"impute\" or \"drop\"")));
  }
  EXPECT_THAT(refusal("[1, \"many\"]"), ::testing::Not(HasSubstr("missing")));
  EXPECT_THAT(message_of([&] { (void)read_missing("[1, \"inf\"]", "y"); }), HasSubstr("expected a number"));
}

TEST_F(DataTest, SeveralColumnsMakeAMatrixInTheOrderAskedFor) {
  (void)folder_.write("data.csv", "a,b,c\n1,2,3\n4,5,6\n");
  EXPECT_EQ(read(R"({"file": "data.csv", "columns": ["c", "a"]})"), (Array{{2, 2}, {3, 1, 6, 4}}));
  EXPECT_EQ(read(R"({"file": "./data.csv", "columns": ["b"]})"), (Array{{2, 1}, {2, 5}}));
}

TEST_F(DataTest, NumbersAreReadTheSameInEveryLocale) {
  for (const char* locale : {"de_DE.UTF-8", "fr_FR.UTF-8"}) {
    if (std::setlocale(LC_ALL, locale) == nullptr) continue;
    EXPECT_EQ(read_column("y\n1.5\n"), (Array{{1}, {1.5}}));
    EXPECT_EQ(read("[1.5]"), (Array{{1}, {1.5}}));
  }
  std::setlocale(LC_ALL, "C");
  EXPECT_EQ(read_column("y\n1.5\n"), (Array{{1}, {1.5}}));
}

TEST_F(DataTest, AMillionRows) {
  constexpr std::size_t rows = 1'000'000;
  std::string csv = "x,y\n";
  for (std::size_t i = 0; i < rows; ++i) csv += "0.123456789," + std::to_string(i) + "\n";
  const Array array = read_column(csv);
  ASSERT_EQ(array.shape, Shape{rows});
  EXPECT_EQ(array.values.back(), static_cast<double>(rows - 1));
}

TEST_F(DataTest, DatasetsComeThroughTheReader) {
  const auto path = folder_.write("data.h5", "");
  std::string asked;
  const DatasetReader reader = [&](const std::string& file, const std::string& dataset, std::uint64_t) -> Array {
    asked = file + " " + dataset;
    if (dataset == "absent") throw InputError("there is no such thing");
    const double last = dataset == "nan" ? std::numeric_limits<double>::quiet_NaN() : 4;
    return {{2, 2}, {1, 2, 3, last}};
  };
  EXPECT_EQ(read(R"({"file": "data.h5", "dataset": "g/y"})", reader), (Array{{2, 2}, {1, 2, 3, 4}}));
  EXPECT_EQ(asked, path.string() + " g/y");
  EXPECT_THAT(refusal(R"({"file": "data.h5", "dataset": "absent"})", reader),
              HasSubstr("model.json: data.y: there is no such thing"));
  EXPECT_THAT(refusal(R"({"file": "data.h5", "dataset": "nan"})", reader),
              HasSubstr("element [1][1] is nan, expected a finite number"));
}

TEST_F(DataTest, AModelReadsNothingOutsideItsFolder) {
  const TemporaryFolder elsewhere;
  const auto outside = elsewhere.write("secret.csv", "y\n1\n");
  std::filesystem::create_symlink(outside, folder_.path() / "link.csv");
  std::filesystem::create_directory_symlink(elsewhere.path(), folder_.path() / "linked");
  std::filesystem::create_directory(folder_.path() / "sub");
  (void)folder_.write("sub/data.csv", "y\n1\n");
  std::filesystem::create_symlink("sub/data.csv", folder_.path() / "inner.csv");
  const auto with_file = [](const std::string& file) { return R"({"file": ")" + file + R"(", "column": "y"})"; };

  for (const std::string& file :
       {std::string("link.csv"), std::string("linked/secret.csv"), outside.string(),
        "../" + elsewhere.path().filename().string() + "/secret.csv", std::string("/dev/zero")}) {
    EXPECT_THAT(refusal(with_file(file)), HasSubstr("is outside the model's folder")) << file;
  }
  for (const char* file : {"sub/data.csv", "inner.csv", "sub/../sub/data.csv"}) {
    EXPECT_EQ(read(with_file(file)), (Array{{1}, {1}})) << file;
  }
  EXPECT_EQ(read(with_file((folder_.path() / "sub/data.csv").string())), (Array{{1}, {1}})) << "absolute, but within";

  ModelSource source;
  source.file = folder_.path() / "model.json";
  source.data_text = R"({"y": )" + with_file(outside.string()) + "}";
  source.data_label = "config.json";
  EXPECT_EQ(load_model(source, {}).data.at("y"), (Array{{1}, {1}})) << "a config may name any file";
}

TEST_F(DataTest, APipeIsRefusedWithoutWaiting) {
  ASSERT_EQ(::mkfifo((folder_.path() / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(refusal(R"({"file": "pipe", "column": "y"})"), HasSubstr("is a pipe, expected a file"));
}

class FactorTest : public DataTest {
 protected:
  /// A model with a variable along the dimension "county".
  Model load(const std::string& data, const std::string& coords = "") const {
    ModelSource source;
    source.file =
        folder_.write("model.json", R"({"exmc_ir": 1, "data": {)" + data + R"(}, )" + coords +
                                        R"("nodes": {"a": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [3],
                                                     "dims": ["county"]}}})");
    return load_model(source, {});
  }
  static std::vector<std::string> labels(const Model& model) {
    return std::get<std::vector<std::string>>(model.coords.at("county"));
  }
  const std::string kEntry = R"("g": {"file": "a.csv", "factor": "county"})";
};

TEST_F(FactorTest, WordsAreNumberedInTheirOrderAndLabelTheDimension) {
  (void)folder_.write("a.csv", "county,y\nOlmsted,1\n\"Aitkin, north\",2\n Olmsted ,3\nCook,4\n");
  const Model model = load(kEntry);
  EXPECT_EQ(model.data.at("g"), (Array{{4}, {2, 0, 2, 1}}));
  EXPECT_THAT(labels(model), ::testing::ElementsAre("Aitkin, north", "Cook", "Olmsted"));
}

TEST_F(FactorTest, NumbersAreOrderedByTheirValue) {
  (void)folder_.write("a.csv", "county\n10\n9\n-1\n9\n");
  EXPECT_THAT(labels(load(kEntry)), ::testing::ElementsAre("-1", "9", "10"));
}

TEST_F(FactorTest, FilesOfOneColumnShareTheirLevels) {
  (void)folder_.write("a.csv", "county\nb\nd\n");
  (void)folder_.write("b.csv", "county\na\nd\n");
  const Model model = load(kEntry + R"(, "h": {"file": "b.csv", "factor": "county"})");
  EXPECT_EQ(model.data.at("g"), (Array{{2}, {1, 2}}));
  EXPECT_EQ(model.data.at("h"), (Array{{2}, {0, 2}}));
}

TEST_F(FactorTest, LabelsOfTheModelSayTheOrder) {
  (void)folder_.write("a.csv", "county\nb\na\n");
  EXPECT_EQ(load(kEntry, R"("coords": {"county": ["b", "c", "a"]}, )").data.at("g"), (Array{{2}, {0, 2}}));
  EXPECT_THAT(message_of([&] { (void)load(kEntry, R"("coords": {"county": ["b", "c", "e"]}, )"); }),
              HasSubstr("row 2: found \"a\", which is not among the \"coords\" of \"county\""));
}

TEST_F(FactorTest, OtherRanksKnowTheLabels) {
  (void)folder_.write("a.csv", "county\nb\na\n");
  const Model model = load(kEntry), there = decode(encode(model));
  EXPECT_EQ(labels(there), labels(model));
  EXPECT_EQ(data_hash(there), data_hash(model));
}

TEST_F(DataTest, GroupsMayCountFromOne) {
  (void)folder_.write("data.csv", "g\n3\n1\n");
  EXPECT_EQ(read(R"({"file": "data.csv", "column": "g", "base": 1})"), (Array{{2}, {2, 0}}));
  (void)folder_.write("data.csv", "g\n3\n0\n");
  EXPECT_THAT(refusal(R"({"file": "data.csv", "column": "g", "base": 1})"),
              HasSubstr("[1] is 0, expected whole numbers from 1 on, as \"base\" says"));
}

TEST_F(DataTest, TablesMayHaveOtherMarks) {
  (void)folder_.write("data.csv", "y;z\n1,5;a\n-2;b\n");
  EXPECT_EQ(read(R"({"file": "data.csv", "column": "y", "separator": ";", "decimal": ","})"), (Array{{2}, {1.5, -2}}));
  (void)folder_.write("data.csv", "y\tz\n1.5\ta\n");
  EXPECT_EQ(read(R"({"file": "data.csv", "column": "y", "separator": "\t"})"), (Array{{1}, {1.5}}));
  (void)folder_.write("data.csv", "y;z\n1.234;a\n");
  EXPECT_THAT(refusal(R"({"file": "data.csv", "column": "y", "separator": ";", "decimal": ","})"),
              HasSubstr("found \"1.234\", expected a number"));
}

}  // namespace
}  // namespace exmc::ir
