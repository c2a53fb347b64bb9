// Each file NAME.json in tests/data/bad/model and tests/data/bad/config is refused with the one line in NAME.txt. A new
// case is two new files. EXMC_WRITE_GOLDEN=1 writes the lines anew: read them before committing.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "exmc/core/error.hpp"
#include "exmc/density/model_density.hpp"
#include "exmc/io/read_dataset.hpp"
#include "exmc/ir/load.hpp"
#include "job.hpp"

namespace exmc {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> cases_in(const char* folder) {
  std::vector<fs::path> cases;
  for (const auto& entry : fs::directory_iterator(fs::path(EXMC_BAD_INPUTS) / folder)) {
    const bool accepted = entry.path().stem() == "good";  // the file that others lean on
    if (entry.path().extension() == ".json" && !accepted) cases.push_back(entry.path());
  }
  std::sort(cases.begin(), cases.end());
  return cases;
}

std::string name_of(const ::testing::TestParamInfo<fs::path>& info) { return info.param.stem().string(); }

std::string contents(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void load_as_model(const fs::path& file) {
  ir::ModelSource source;
  source.file = file;
  (void)density::compile(ir::load_model(source, io::read_dataset));
}

void load_as_config(const fs::path& file) {
  app::Options options;
  options.path = file;
  (void)app::compile(app::load_job(options, 1), 1);
}

/// Loads from within the case's folder, so that messages name plain file names.
void expect_golden_refusal(const fs::path& file, void (*load)(const fs::path&)) {
  fs::current_path(file.parent_path());
  std::string message;
  try {
    load(file.filename());
    FAIL() << "accepted";
  } catch (const InputError& error) {
    message = error.what();
  }
  EXPECT_TRUE(std::none_of(message.begin(), message.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }));
  EXPECT_LT(message.size(), 500U);
  const fs::path golden = fs::path(file).replace_extension(".txt");
  if (std::getenv("EXMC_WRITE_GOLDEN") != nullptr) std::ofstream(golden) << message << '\n';
  EXPECT_EQ(message + '\n', contents(golden));
}

class BadModel : public ::testing::TestWithParam<fs::path> {};
TEST_P(BadModel, IsRefusedInOneLine) { expect_golden_refusal(GetParam(), load_as_model); }
INSTANTIATE_TEST_SUITE_P(Golden, BadModel, ::testing::ValuesIn(cases_in("model")), name_of);

class BadConfig : public ::testing::TestWithParam<fs::path> {};
TEST_P(BadConfig, IsRefusedInOneLine) { expect_golden_refusal(GetParam(), load_as_config); }
INSTANTIATE_TEST_SUITE_P(Golden, BadConfig, ::testing::ValuesIn(cases_in("config")), name_of);

}  // namespace
}  // namespace exmc
