#include "command_line.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "exmc/core/error.hpp"

namespace exmc::app {
namespace {

Options parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "exmc_mpi");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

std::string complaint(const std::vector<const char*>& arguments) {
  try {
    static_cast<void>(parse(arguments));
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

TEST(CommandLine, ARunNeedsNothingButItsConfig) {
  const Options options = parse({"run.json"});
  EXPECT_EQ(options.command, Command::run);
  EXPECT_EQ(options.path, "run.json");
  EXPECT_FALSE(options.overwrite);
  EXPECT_EQ(options.progress, ProgressMode::automatic);
}

TEST(CommandLine, SetTakesOneValueAndMayBeRepeated) {
  const Options options = parse({"--set", "sampler.draws=10", "--set", "seed=2", "run.json"});
  EXPECT_EQ(options.set, (std::vector<std::string>{"sampler.draws=10", "seed=2"}));
  EXPECT_EQ(options.path, "run.json");
}

TEST(CommandLine, EachCommandIsToldByItsFlag) {
  EXPECT_EQ(parse({"--check", "run.json"}).command, Command::check);
  EXPECT_EQ(parse({"--summary", "run.h5"}).command, Command::summary);
  EXPECT_EQ(parse({"run.h5", "--status"}).command, Command::status);
  EXPECT_EQ(parse({"--version"}).command, Command::version);
  const Options help = parse({"--help"});
  EXPECT_EQ(help.command, Command::help);
  EXPECT_NE(help.text.find("mpirun -n 5 exmc_mpi"), std::string::npos) << "examples";
}

TEST(CommandLine, ProgressIsOneOfThree) {
  EXPECT_EQ(parse({"--progress=off", "run.json"}).progress, ProgressMode::off);
  EXPECT_NE(complaint({"--progress=loud", "run.json"}), "");
}

TEST(CommandLine, BadUsageIsOneLine) {
  for (const std::vector<const char*>& arguments : std::vector<std::vector<const char*>>{
           {}, {"a.json", "b.json"}, {"--sett", "x=1", "a.json"}, {"--check", "--status", "a"}, {"--set"}}) {
    const std::string text = complaint(arguments);
    EXPECT_NE(text, "");
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  }
}

TEST(CommandLine, AResumeIsARun) {
  EXPECT_EQ(parse({"--resume", "run.json"}).command, Command::run);
  EXPECT_TRUE(parse({"run.json", "--resume"}).resume);
  EXPECT_NE(complaint({"--resume", "--overwrite", "run.json"}).find("--overwrite"), std::string::npos);
  EXPECT_NE(complaint({"--resume", "--status", "run.h5"}).find("CONFIG"), std::string::npos);
}

TEST(CommandLine, ASummaryHasThreeForms) {
  EXPECT_EQ(parse({"--summary", "run.h5"}).format, TableFormat::text);
  EXPECT_EQ(parse({"--summary", "--json", "run.h5"}).format, TableFormat::json);
  EXPECT_EQ(parse({"--csv", "--summary", "run.h5"}).format, TableFormat::csv);
  EXPECT_NE(complaint({"--summary", "--csv", "--json", "run.h5"}), "");
  EXPECT_NE(complaint({"--json", "run.json"}).find("--summary"), std::string::npos);
}

TEST(CommandLine, VarsAndStrictGoWithWhatHasATable) {
  EXPECT_EQ(parse({"--summary", "--vars", "mu,theta[0:3]", "run.h5"}).vars, "mu,theta[0:3]");
  EXPECT_TRUE(parse({"--summary", "--strict", "run.h5"}).strict);
  EXPECT_TRUE(parse({"--strict", "run.json"}).strict);
  EXPECT_NE(complaint({"--vars", "mu", "run.json"}).find("output.summary"), std::string::npos);
  EXPECT_NE(complaint({"--strict", "--status", "run.h5"}), "");
}

TEST(CommandLine, AStatusIsOfAnyNumberOfFiles) {
  const Options options = parse({"--status", "--watch", "--json", "a.h5", "b.json"});
  EXPECT_EQ(options.paths, (std::vector<std::string>{"a.h5", "b.json"}));
  EXPECT_TRUE(options.watch);
  EXPECT_EQ(options.format, TableFormat::json);
  EXPECT_NE(complaint({"--status"}), "");
  EXPECT_NE(complaint({"--watch", "--summary", "a.h5"}).find("--status"), std::string::npos);
}

TEST(CommandLine, TrimNamesTwoFiles) {
  const Options options = parse({"--trim", "long.h5", "short.h5"});
  EXPECT_EQ(options.command, Command::trim);
  EXPECT_EQ(options.path, "long.h5");
  EXPECT_EQ(options.out, "short.h5");
  EXPECT_NE(complaint({"--trim", "long.h5"}).find("FILE and OUT"), std::string::npos);
}

}  // namespace
}  // namespace exmc::app
