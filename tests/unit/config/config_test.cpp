#include "exmc/config/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "exmc/core/error.hpp"
#include "unit/temporary_folder.hpp"

namespace exmc::config {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

class ConfigTest : public ::testing::Test {
 protected:
  Config load(const std::string& text, const std::vector<std::string>& overrides = {}) const {
    return load_config(folder_.write("run.json", text), overrides);
  }

  /// The message without the folder's name, which changes from run to run; empty when the config is accepted.
  std::string refusal(const std::string& text, const std::vector<std::string>& overrides = {}) const {
    try {
      (void)load(text, overrides);
    } catch (const InputError& error) {
      std::string message = error.what();
      const std::string prefix = folder_.path().string() + "/";
      for (auto at = message.find(prefix); at != std::string::npos; at = message.find(prefix)) {
        message.erase(at, prefix.size());
      }
      return message;
    }
    return {};
  }

  TemporaryFolder folder_;
};

TEST_F(ConfigTest, OnlyTheModelIsRequired) {
  const Config config = load("\xEF\xBB\xBF// a comment\n{\"model\": \"m.json\"}");
  EXPECT_EQ(config.model_file, folder_.path() / "m.json");
  EXPECT_EQ(config.output.file, folder_.path() / "run.h5");
  EXPECT_EQ(config.data_text, "{}");
  EXPECT_FALSE(config.seed.has_value());
  EXPECT_FALSE(config.chains.has_value());
  EXPECT_FALSE(config.warmup.iterations.has_value());
  EXPECT_FALSE(config.sampler.target_accept.has_value());
  EXPECT_EQ(config.warmup.settle, 100U);
  EXPECT_EQ(config.sampler.draws, 1000U);
  EXPECT_EQ(config.sampler.metric, "auto");
  EXPECT_EQ(refusal("{}"), "run.json: the key \"model\" is missing, expected the path of a model, or the model itself");
}

TEST_F(ConfigTest, KeysThatAreAbsentKeepWhatAnEarlierRunRecorded) {
  Config earlier = load(R"({"model": "m.json", "warmup": {"iterations": 7, "mode": "independent"},
    "sampler": {"draws": 20, "metric": "dense"}, "output": {"save_warmup": true}})");
  const Config recorded = recorded_config(effective_text(earlier), output_text(earlier.output));
  EXPECT_EQ(effective_text(recorded), effective_text(earlier));
  EXPECT_TRUE(recorded.output.save_warmup);
  const auto file = folder_.write("again.json", R"({"model": "m.json", "sampler": {"draws": 30}})");
  const Config again = load_config(file, {"warmup.iterations=8"}, recorded);
  EXPECT_EQ(again.sampler.draws, 30U);
  EXPECT_EQ(again.sampler.metric, "dense");
  EXPECT_EQ(again.warmup.iterations, 8U);
  EXPECT_EQ(again.warmup.mode, WarmupMode::independent);
  EXPECT_EQ(again.output.file, folder_.path() / "again.h5");

  const auto difference = text_difference(effective_text(earlier), effective_text(again));
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->where, "warmup.iterations");
  EXPECT_EQ(difference->was, "the number 7");
  EXPECT_EQ(difference->is, "the number 8");
  const Config more = load_config(file, {}, recorded);
  EXPECT_FALSE(text_difference(effective_text(earlier), effective_text(more))) << "draws may differ";
  EXPECT_THROW((void)recorded_config("{}", "{}"), std::logic_error);
}

TEST_F(ConfigTest, ReadsEveryKey) {
  const Config config = load(R"({"$schema": "s", "model": "sub/../m.json", "seed": 18446744073709551615, "chains": 7,
    "data": {"y": {"file": "y.csv", "column": "y"}, "n": 3},
    "warmup": {"iterations": 1e3, "mode": "independent", "settle": 0},
    "sampler": {"draws": 5, "target_accept": 0.9, "max_tree_depth": 12, "metric": "dense"},
    "output": {"file": "/tmp/out.h5", "flush_seconds": 0, "save_warmup": true, "prior": 7,
               "log_likelihood": true, "predictive": false, "log_prior": true, "summary": ["mu", "theta[0:3]"]},
    "runtime": {"heartbeat_seconds": 30, "start_seconds": 9, "memory_limit": "1.5 GB", "time_limit": "1-02:03:04"}})");
  EXPECT_EQ(config.model_file, folder_.path() / "m.json");
  EXPECT_EQ(config.seed, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(config.chains, 7U);
  EXPECT_EQ(config.data_text, R"({"y":{"file":")" + (folder_.path() / "y.csv").string() + R"(","column":"y"},"n":3})");
  EXPECT_EQ(config.warmup.mode, WarmupMode::independent);
  EXPECT_EQ(config.warmup.iterations, 1000U);
  EXPECT_EQ(config.sampler.target_accept, 0.9);
  EXPECT_EQ(config.sampler.max_tree_depth, 12);
  EXPECT_EQ(config.output.file, "/tmp/out.h5");
  EXPECT_TRUE(config.output.save_warmup);
  EXPECT_EQ(config.output.prior, 7U);
  EXPECT_EQ(config.output.log_likelihood, Choice::yes);
  EXPECT_EQ(config.output.predictive, Choice::no);
  EXPECT_TRUE(config.output.log_prior);
  EXPECT_EQ(config.output.summary, "mu,theta[0:3]");
  EXPECT_EQ(encode(decode(encode(config))), encode(config));
  EXPECT_EQ(config.runtime.memory_limit, 1'500'000'000U);
  EXPECT_EQ(config.runtime.time_limit, ((24 + 2) * 60 + 3) * 60 + 4);
}

TEST_F(ConfigTest, TheMemoryLimitIsASizeOrAutomatic) {
  const auto limit = [&](const std::string& value) {
    return load(R"({"model": "m", "runtime": {"memory_limit": )" + value + "}}").runtime.memory_limit;
  };
  EXPECT_EQ(limit("\"auto\""), std::nullopt);
  EXPECT_EQ(limit("1e9"), 1'000'000'000U);
  EXPECT_EQ(limit("\"2TB\""), 2'000'000'000'000U);
  EXPECT_EQ(limit("\"0.5 kB\""), 500U);
}

TEST_F(ConfigTest, AModelMayStandInTheConfig) {
  const Config config = load(R"({"model": {"exmc_ir": 1, "nodes": {"b": {"expr": "1"}, "a": {"expr": "2"}}}})");
  EXPECT_FALSE(config.model_file.has_value());
  EXPECT_EQ(config.model_text, R"({"exmc_ir":1,"nodes":{"b":{"expr":"1"},"a":{"expr":"2"}}})");
  EXPECT_EQ(config.folder, folder_.path());
}

TEST_F(ConfigTest, RefusalsNameKeyFoundAndExpected) {
  const auto refused = [&](const std::string& keys) { return refusal("{\"model\": \"m\", " + keys + "}"); };
  EXPECT_EQ(refused(R"("sampler": {"drws": 1})"),
            "run.json: sampler: unknown key \"drws\" (did you mean \"draws\"?), expected one of draws, target_accept, "
            "max_tree_depth, metric, coordinates");
  EXPECT_EQ(refused(R"("sampler": {"draws": 0})"),
            "run.json: sampler.draws: found the number 0, expected an integer from 1 to 1000000000000");
  EXPECT_THAT(refused(R"("sampler": {"draws": 1.5})"), HasSubstr("found the number 1.5, expected an integer"));
  EXPECT_THAT(refused(R"("sampler": {"draws": -1})"), HasSubstr("found the number -1, expected an integer"));
  EXPECT_THAT(refused(R"("sampler": {"draws": "many"})"), HasSubstr("found the string \"many\", expected an integer"));
  EXPECT_THAT(refused(R"("sampler": {"target_accept": 1})"), HasSubstr("between 0 and 1, both excluded"));
  EXPECT_THAT(refused(R"("sampler": {"metric": "dens"})"), HasSubstr("(did you mean \"dense\"?)"));
  EXPECT_THAT(refused(R"("sampler": [])"), HasSubstr("run.json: sampler: found a list, expected an object"));
  EXPECT_THAT(refused(R"("seed": -1)"), HasSubstr("run.json: seed: found the number -1"));
  EXPECT_THAT(refused(R"("seed": 18446744073709551616)"), HasSubstr("a whole number beyond 2^64"));
  EXPECT_THAT(refused(R"("seed": 1, "seed": 2)"), HasSubstr("run.json: duplicate key \"seed\""));
  EXPECT_THAT(refused(R"("chains": 0)"), HasSubstr("run.json: chains: found the number 0"));
  EXPECT_THAT(refused(R"("warmup": {"mode": "pooled"})"), HasSubstr("not available yet"));
  EXPECT_THAT(refused(R"("output": {"log_likelihood": "no"})"), EndsWith("expected \"auto\", true or false"));
  EXPECT_THAT(refused(R"("output": {"predictive": 1})"), EndsWith("expected \"auto\", true or false"));
  EXPECT_THAT(refused(R"("output": {"log_prior": "auto"})"), EndsWith("expected true or false"));
  EXPECT_THAT(refused(R"("output": {"prior": -1})"), EndsWith("expected an integer from 0 to 100000"));
  EXPECT_THAT(refused(R"("output": {"save_warmup": 1})"), HasSubstr("expected true or false"));
  EXPECT_THAT(refused(R"("output": {"flush_seconds": -1})"), HasSubstr("expected seconds from 0 to"));
  EXPECT_THAT(refused(R"("runtime": {"memory_limit": 0})"), HasSubstr("expected \"auto\", a number of bytes"));
  EXPECT_THAT(refused(R"("runtime": {"start_seconds": 0})"), HasSubstr("expected seconds from 1 to 1000000"));
  EXPECT_THAT(refused(R"("runtime": {"heartbeat_seconds": "auto"})"), HasSubstr("expected seconds from 1 to 1000000"));
  EXPECT_THAT(refused(R"("data": 3)"), HasSubstr("run.json: data: found the number 3, expected an object"));
  EXPECT_THAT(refusal(R"({"model": 3})"), HasSubstr("expected the path of a model, or the model itself"));
  EXPECT_THAT(refusal("[]"), HasSubstr("run.json: found a list, expected a config"));
}

TEST_F(ConfigTest, SetReplacesKeysBeforeTheyAreRead) {
  const std::string text = R"({"model": "m.json", "sampler": {"draws": 0, "metric": "unit"}})";
  const Config config = load(text, {"sampler.draws=1", "sampler.draws=2000", "output.file=x.h5", "seed=3",
                                    R"(data={"y": {"file": "y.csv", "column": "y"}})"});
  EXPECT_EQ(config.sampler.draws, 2000U);
  EXPECT_EQ(config.sampler.metric, "unit");
  EXPECT_EQ(config.output.file, "x.h5") << "relative to the working directory, unlike paths in the file";
  EXPECT_EQ(config.data_text, R"({"y":{"file":"y.csv","column":"y"}})");
  EXPECT_EQ(config.seed, 3U);
  EXPECT_EQ(load(text, {"sampler.draws=1", "model=other=1.json"}).model_file, "other=1.json");
  EXPECT_THAT(config.text, HasSubstr("\"draws\": 2000"));
}

TEST_F(ConfigTest, SetTakesNumbersAsPeopleWriteThem) {
  const auto accept = [&](const std::string& value) {
    return load(R"({"model": "m.json"})", {"sampler.target_accept=" + value}).sampler.target_accept;
  };
  EXPECT_EQ(accept(".8"), 0.8);
  EXPECT_EQ(accept("+.8"), 0.8);
  EXPECT_EQ(accept("+9.e-1"), 0.9);
  EXPECT_EQ(load(R"({"model": "m.json"})", {"sampler.draws=+7", "seed=1."}).sampler.draws, 7U);
  EXPECT_EQ(load(R"({"model": "m.json"})", {"model=1.json"}).model_file, "1.json");
}

TEST_F(ConfigTest, RefusalsOfSetNameIt) {
  const std::string text = R"({"model": "m.json"})";
  EXPECT_EQ(refusal(text, {"sampler.draws=many"}),
            "--set sampler.draws=many: sampler.draws: found the string \"many\", expected an integer from 1 to "
            "1000000000000");
  EXPECT_THAT(refusal(text, {"sampler.drws=1"}), HasSubstr("--set sampler.drws=1: sampler: unknown key \"drws\""));
  EXPECT_THAT(refusal(text, {"draws"}), HasSubstr("--set draws: found no \"=\", expected --set KEY=VALUE"));
  EXPECT_THAT(refusal(text, {"=3"}), HasSubstr("found an empty key"));
  EXPECT_THAT(refusal(text, {"sampler..draws=3"}), HasSubstr("found an empty key"));
  EXPECT_THAT(refusal(text, {"data={\"a\": 1, \"a\": 2}"}), HasSubstr("duplicate key \"a\""));
  EXPECT_EQ(refusal(text, {"model.name=x"}), "--set model.name=x: model is the string \"m.json\", expected an object");
  EXPECT_THAT(refusal(text, {"seed=\xFF"}), HasSubstr("is not UTF-8"));
}

TEST_F(ConfigTest, EffectiveTextHoldsWhatTheDrawsDependOn) {
  const Config plain = load(R"({"model": "m.json"})");
  const Config spelt = load(R"({"output": {"save_warmup": true}, "sampler": {"draws": 1000}, "model": "n.json"})");
  EXPECT_EQ(
      effective_text(plain),
      R"({"warmup":{"iterations":"auto","mode":"coordinator","settle":100},)"
      R"("sampler":{"draws":1000,"target_accept":"auto","max_tree_depth":10,"metric":"auto","coordinates":"auto"}})");
  EXPECT_EQ(effective_text(plain), effective_text(spelt));
  EXPECT_NE(effective_text(plain), effective_text(load(R"({"model": "m.json"})", {"sampler.target_accept=0.81"})));
}

TEST_F(ConfigTest, TravelsAsText) {
  const Config config = load(R"({"model": "m.json", "seed": 18446744073709551615,
    "sampler": {"target_accept": 0.123456789012345678}, "warmup": {"mode": "independent"},
    "output": {"summary": "mu"}, "runtime": {"memory_limit": 7, "time_limit": "slurm"}})");
  const Config arrived = decode(encode(config));
  EXPECT_EQ(encode(arrived), encode(config));
  EXPECT_EQ(arrived.seed, config.seed);
  EXPECT_FALSE(arrived.chains.has_value());
  EXPECT_EQ(arrived.model_file, config.model_file);
  EXPECT_EQ(arrived.sampler.target_accept, config.sampler.target_accept);
  EXPECT_EQ(arrived.warmup.mode, WarmupMode::independent);
  EXPECT_EQ(arrived.output.file, config.output.file);
  EXPECT_EQ(arrived.output.summary, "mu");
  EXPECT_EQ(arrived.runtime.time_limit, Config::Runtime::kOfSlurm);
  EXPECT_EQ(arrived.runtime.memory_limit, 7U);
  EXPECT_THROW((void)decode("{}"), std::logic_error);
  EXPECT_THROW((void)decode(encode(config).substr(1)), std::logic_error);
}

TEST_F(ConfigTest, WhatIsNoFileIsRefusedWithoutWaiting) {
  EXPECT_THROW((void)load_config(folder_.path()), InputError);
  EXPECT_THROW((void)load_config(folder_.path() / "absent.json"), InputError);
  EXPECT_THROW((void)load_config("/dev/zero"), InputError);
}

}  // namespace
}  // namespace exmc::config
