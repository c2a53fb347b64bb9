#include "exmc/ir/model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <stdexcept>
#include <string>

#include "exmc/ir/load.hpp"
#include "unit/ir/support.hpp"
#include "unit/temporary_folder.hpp"

namespace exmc::ir {
namespace {

using ::testing::HasSubstr;

const std::string kSchools = R"({
  // Rubin 1981
  "exmc_ir": 1, "name": "eight_schools",
  "data": {"sd": [15, 10, 16], "y": [28, 8, -3], "J": 3},
  "nodes": {
    "mu": {"dist": "normal", "mu": 0, "sigma": 5},
    "tau": {"dist": "half_normal", "sigma": 5, "lower": 0.5},
    "theta": {"dist": "normal", "mu": "mu", "sigma": "tau", "shape": ["J"]},
    "twice": {"expr": "2 * theta", "save": false},
    "obs": {"dist": "normal", "sigma": "sd", "mu": "theta", "observed": "y"}}})";

TEST(Model, KeepsTheOrderOfNodesAndReadsTheirFields) {
  const Model model = load_text(kSchools);
  EXPECT_EQ(model.name, "eight_schools");
  ASSERT_EQ(model.nodes.size(), 5U);
  EXPECT_EQ(model.nodes[0].name, "mu");
  EXPECT_EQ(model.nodes[4].name, "obs");
  const auto& tau = std::get<RandomVariable>(model.nodes[1].kind);
  EXPECT_EQ(tau.distribution, "half_normal");
  EXPECT_EQ(std::get<Literal>(tau.lower->node).value, Array::scalar(0.5));
  EXPECT_EQ(tau.upper, nullptr);
  EXPECT_FALSE(tau.shape.has_value());
  const auto& theta = std::get<RandomVariable>(model.nodes[2].kind);
  EXPECT_EQ(theta.parameters.size(), 2U);
  EXPECT_EQ(std::get<Name>(theta.shape->at(0)->node).name, "J");
  EXPECT_FALSE(std::get<Derived>(model.nodes[3].kind).save);
  EXPECT_EQ(std::get<Name>(std::get<RandomVariable>(model.nodes[4].kind).observed->node).name, "y");
  EXPECT_EQ(model.data.at("y"), (Array{{3}, {28, 8, -3}}));
  EXPECT_EQ(model.data.at("J"), Array::scalar(3));
}

TEST(Model, TheNameDefaultsToThatOfTheFile) {
  const TemporaryFolder folder;
  ModelSource source;
  source.file = folder.write("coin.json", R"({"exmc_ir": 1, "nodes": {"a": {"dist": "normal", "mu": 0, "sigma": 1}}})");
  const Model model = load_model(source, {});
  EXPECT_EQ(model.name, "coin");
  EXPECT_EQ(model.source, source.file->string());
}

TEST(Model, CanonicalTextLeavesOutDataSpacesAndTheOrderOfKeys) {
  const Model model = load_text(kSchools);
  EXPECT_EQ(model.text.find("28"), std::string::npos);
  const Model same = load_text(R"({"nodes": {"a": {"sigma": 1, "dist": "normal", "mu": 0}}, "exmc_ir": 1})");
  const Model too = load_text(R"({"exmc_ir": 1, "data": {}, "nodes": {"a": {"dist": "normal", "mu": 0, "sigma": 1}}})");
  EXPECT_EQ(same.text, R"({"exmc_ir":1,"nodes":{"a":{"dist":"normal","mu":0,"sigma":1}}})");
  EXPECT_EQ(same.text, too.text);
  EXPECT_EQ(text_hash(same), text_hash(too));
  EXPECT_NE(text_hash(same), text_hash(model));
}

TEST(Model, TravelsBitForBit) {
  Model model = load_text(kSchools);
  model.data["z"] = Array{{2, 2}, {-0.0, 5e-324, 0.1, 1e308}};
  model.data["none"] = Array{{3, 0}, {}};
  const Model arrived = decode(encode(model));
  EXPECT_EQ(arrived.source, model.source);
  EXPECT_EQ(arrived.name, model.name);
  EXPECT_EQ(arrived.text, model.text);
  EXPECT_EQ(arrived.nodes.size(), model.nodes.size());
  EXPECT_EQ(arrived.data, model.data);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(arrived.data.at("z").values[0]), std::uint64_t{1} << 63U);
  EXPECT_EQ(encode(arrived), encode(model));
}

TEST(Model, NamesOfAxesAndTheirValuesTravelToo) {
  const Model model = load_text(R"({"exmc_ir": 1, "coords": {"school": ["a", "b"], "year": [2019, 2020.5]}, "nodes": {
    "x": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [2, 2], "dims": ["school", "year"]}}})");
  const Model arrived = decode(encode(model));
  EXPECT_EQ(arrived.nodes.front().dims, (std::vector<std::string>{"school", "year"}));
  EXPECT_EQ(arrived.coords, model.coords);
  EXPECT_EQ(arrived.coords.at("school"), Coordinate(std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(arrived.coords.at("year"), Coordinate(std::vector<double>{2019, 2020.5}));
}

TEST(Model, NamesOfTheAxesOfDataTravelTooAndAreThoseOfWhatIsObserved) {
  const Model model = load_text(R"({"exmc_ir": 1, "data": {"X": [[1, 2]], "y": [3], "z": [4]},
    "dims": {"X": ["school", "predictor"], "y": ["school"]}, "coords": {"predictor": ["a", "b"]}, "nodes": {
    "m": {"dist": "normal", "mu": 0, "sigma": 1},
    "o": {"dist": "normal", "mu": "m", "sigma": 1, "shape": [1], "observed": "y"},
    "p": {"dist": "normal", "mu": "m", "sigma": 1, "shape": [1], "observed": "y", "dims": ["other"]},
    "q": {"dist": "normal", "mu": "m", "sigma": 1, "shape": [1], "observed": "z"}}})");
  for (const Model& each : {model, decode(encode(model))}) {
    EXPECT_EQ(each.data_dims.at("X"), (std::vector<std::string>{"school", "predictor"}));
    EXPECT_TRUE(each.coords.contains("predictor"));
    EXPECT_EQ(each.nodes[1].dims, (std::vector<std::string>{"school"}));
    EXPECT_EQ(each.nodes[2].dims, (std::vector<std::string>{"other"})) << "its own come first";
    EXPECT_TRUE(each.nodes[3].dims.empty());
  }
}

TEST(Model, RecurrencesTravelToo) {
  const Model model = load_text(R"({"exmc_ir": 1, "data": {"y": [1, 2]}, "nodes": {
    "a": {"dist": "normal", "mu": 0, "sigma": 1},
    "s": {"scan": {"step": {"u": "a * u + y + v", "v": "u"}, "carry": {"u": 1, "v": "a"}, "over": {"y": "y"},
                   "output": ["v", "u"], "initial": true}, "save": false},
    "f": {"generated": {"scan": {"carry": {"u": "s.u[-1]"}, "length": "3", "step": {"u": "a * u"}}}}}})");
  for (const Model& each : {model, decode(encode(model))}) {
    const auto& recurrence = std::get<Recurrence>(each.nodes[1].kind);
    EXPECT_FALSE(recurrence.save);
    EXPECT_EQ(recurrence.scan.outputs, (std::vector<std::string>{"v", "u"}));
    EXPECT_TRUE(recurrence.scan.initial);
    EXPECT_EQ(recurrence.scan.length, nullptr);
    EXPECT_EQ(std::get<Name>(recurrence.scan.carry.at("v")->node).name, "a");
    EXPECT_EQ(recurrence.scan.over.size(), 1U);
    EXPECT_EQ(recurrence.scan.step.size(), 2U);
    EXPECT_EQ(value_names(each.nodes[1]), (std::vector<std::string>{"s.v", "s.u"}));
    EXPECT_EQ(value_names(each.nodes[2]), (std::vector<std::string>{"f"}));
    EXPECT_EQ(*outputs_of(each.nodes[2]), (std::vector<std::string>{"u"})) << "what is carried, by default";
    EXPECT_NE(std::get<Scan>(std::get<Generated>(each.nodes[2].kind).value).length, nullptr);
  }
  EXPECT_EQ(decode(encode(model)).text, model.text);
}

TEST(Model, DifferentialEquationsTravelToo) {
  const Model model = load_text(R"({"exmc_ir": 1, "data": {"ts": [1, 2]}, "nodes": {
    "a": {"dist": "normal", "mu": 0, "sigma": 1},
    "z": {"ode": {"initial": {"u": 1, "v": "a"}, "rhs": {"f": "a * u", "u": "f - t", "v": "-f"}, "times": "ts", "time": "t",
                  "start": "0.5", "output": ["v"], "method": "bdf", "rtol": 1e-9, "atol": 1e-7, "max_steps": 123}, "save": false},
    "later": {"generated": {"ode": {"initial": {"u": "a"}, "rhs": {"u": "u"}, "times": [3]}}}}})");
  for (const Model& each : {model, decode(encode(model))}) {
    const auto& equation = std::get<DifferentialEquation>(each.nodes[1].kind);
    EXPECT_FALSE(equation.save);
    const Ode& ode = equation.ode;
    EXPECT_EQ(std::get<Name>(ode.initial.at("v")->node).name, "a");
    EXPECT_EQ(ode.rhs.size(), 3U);
    EXPECT_EQ(ode.time, "t");
    EXPECT_TRUE(ode.is_local("t") && ode.is_local("f") && !ode.is_local("a"));
    EXPECT_EQ(std::get<Name>(ode.times->node).name, "ts");
    EXPECT_EQ(std::get<Literal>(ode.start->node).value, Array::scalar(0.5));
    EXPECT_EQ(ode.outputs, (std::vector<std::string>{"v"}));
    EXPECT_EQ(ode.method, Ode::Method::bdf);
    EXPECT_EQ(ode.rtol, 1e-9);
    EXPECT_EQ(ode.atol, 1e-7);
    EXPECT_EQ(ode.max_steps, 123U);
    const auto& later = std::get<Ode>(std::get<Generated>(each.nodes[2].kind).value);
    EXPECT_EQ(later.method, Ode::Method::automatic);
    EXPECT_EQ(later.start, nullptr);
    EXPECT_EQ(value_names(each.nodes[2]), (std::vector<std::string>{"later"}));
    EXPECT_EQ(*outputs_of(each.nodes[2]), (std::vector<std::string>{"u"})) << "all states, by default";
  }
  EXPECT_EQ(encode(decode(encode(model))), encode(model));
}

TEST(Model, LabelsAndMissingValuesTravelToo) {
  Model model = load_text(R"({"exmc_ir": 1, "data": {"w": [1, null]}, "nodes": {
    "y": {"dist": "normal", "mu": 0, "sigma": 1, "observed": "w", "missing": "impute", "label": "Größe|1"},
    "z": {"dist": "normal", "mu": 0, "sigma": 1, "observed": [1, null], "missing": "drop"},
    "d": {"expr": "y", "label": "x:y"}}})");
  for (const Model& each : {model, decode(encode(model))}) {
    ASSERT_EQ(each.nodes.size(), 4U);
    EXPECT_EQ(each.nodes[0].output_name(), "Größe|1");
    EXPECT_EQ(each.nodes[1].name, "y_missing");
    EXPECT_EQ(each.nodes[1].output_name(), "Größe|1_missing");
    EXPECT_EQ(std::get<Imputed>(each.nodes[1].kind).of, "y");
    EXPECT_EQ(std::get<RandomVariable>(each.nodes[2].kind).missing, Missing::dropped);
    EXPECT_EQ(each.nodes[2].output_name(), "z");
    EXPECT_EQ(each.nodes[3].output_name(), "x:y");
    EXPECT_EQ(node_names(each.text), (std::vector<std::string>{"y", "y_missing", "z", "d"}));
    EXPECT_TRUE(std::isnan(each.data.at("w").values[1]));
  }
}

TEST(Model, DataHashSeesNamesShapesAndEveryBit) {
  const auto hash = [](const std::string& name, Array array) {
    Model model;
    model.data.emplace(name, std::move(array));
    return data_hash(model);
  };
  const auto reference = hash("y", {{2, 2}, {1, 2, 3, 4}});
  EXPECT_EQ(reference, hash("y", {{2, 2}, {1, 2, 3, 4}}));
  EXPECT_NE(reference, hash("x", {{2, 2}, {1, 2, 3, 4}}));
  EXPECT_NE(reference, hash("y", {{4}, {1, 2, 3, 4}}));
  EXPECT_NE(hash("y", Array::scalar(0.0)), hash("y", Array::scalar(-0.0)));
}

TEST(Model, CorruptedBytesAreADefectAndNeverMore) {
  const std::string bytes = encode(load_text(kSchools));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_THROW((void)decode(bytes.substr(0, length)), std::logic_error) << length;
  }
  EXPECT_THROW((void)decode(bytes + "x"), std::logic_error);
  std::string flipped = bytes;
  flipped.back() = static_cast<char>(flipped.back() ^ 1);
  EXPECT_THROW((void)decode(flipped), std::logic_error);
  for (std::size_t i = 0; i < bytes.size(); ++i) {  // whatever it says, it says it in an orderly way
    std::string damaged = bytes;
    damaged[i] = '\xFF';
    try {
      (void)decode(damaged);
    } catch (const std::logic_error&) {
    }
  }
}

TEST(Model, ConfigEntriesReplaceAndAddData) {
  const TemporaryFolder folder;
  ModelSource source;
  source.text = R"({"exmc_ir": 1, "data": {"y": {"file": "absent.csv", "column": "y"}},
                    "nodes": {"a": {"dist": "normal", "mu": "m", "sigma": 1, "observed": "y"}}})";
  source.label = "config.json: model";
  source.folder = folder.path();
  source.data_text = R"({"y": [1, 2], "m": 3})";
  source.data_label = "config.json";
  const Model model = load_model(source, {});
  EXPECT_EQ(model.data.at("y"), (Array{{2}, {1, 2}}));
  EXPECT_EQ(model.data.at("m"), Array::scalar(3));

  source.data_text = R"({"a": 1})";
  EXPECT_EQ(message_of([&] { (void)load_model(source, {}); }),
            "config.json: data.a: the name \"a\" is taken by the node of that name");
}

TEST(Model, FunctionsAndDimensionsKeepTheirNamesAndDistributionsDoNot) {
  const auto refusal = [](const std::string& name) {
    return message_of([&] { (void)load_text(R"({"exmc_ir": 1, "nodes": {")" + name + R"(": {"expr": "1"}}})"); });
  };
  for (const char* name : {"exp", "mean", "Phi", "chain", "draw", "a_dim_0", "None", "1a", "a b", ""}) {
    EXPECT_THAT(refusal(name), HasSubstr("the name \"" + std::string(name))) << name;
  }
  for (const char* name : {"beta", "normal", "sd", "_x", "X1"}) EXPECT_EQ(refusal(name), "") << name;
  EXPECT_THAT(refusal(std::string(300, 'a')), HasSubstr("has 300 characters"));
}

std::string difference(const std::string& was, const std::string& is) {
  const auto found = text_difference(was, is);
  return found ? found->where + ": " + found->was + " -> " + found->is : "";
}

TEST(TextDifference, NamesTheFirstPlaceByItsPath) {
  const std::string was = R"({"exmc_ir": 1, "nodes": {"a": {"mu": 1, "shape": [2, 3]}, "b": {"mu": "a"}}})";
  EXPECT_EQ(difference(was, was), "");
  EXPECT_EQ(difference(was, R"({"exmc_ir": 1, "nodes": {"a": {"mu": 1.0, "shape": [2, 3]}, "b": {"mu": "a"}}})"), "");
  EXPECT_EQ(difference(was, R"({"exmc_ir": 1, "nodes": {"a": {"mu": 1, "shape": [2, 4]}, "b": {"mu": "a"}}})"),
            "nodes.a.shape[1]: the number 3 -> the number 4");
  EXPECT_EQ(difference(was, R"({"exmc_ir": 1, "nodes": {"a": {"mu": 1, "shape": [2]}, "b": {"mu": "a"}}})"),
            "nodes.a.shape: a list of 2 -> a list of 1");
  EXPECT_EQ(difference(was, R"({"exmc_ir": 1, "nodes": {"a": {"mu": 1, "shape": [2, 3]}}})"),
            "nodes.b: an object -> missing");
  EXPECT_EQ(difference(was, R"({"exmc_ir": 1, "nodes": {"b": {"mu": "a"}, "a": {"mu": 1, "shape": [2, 3]}}})"),
            "nodes: an object with the keys a, b -> an object with the keys b, a");
}

}  // namespace
}  // namespace exmc::ir
