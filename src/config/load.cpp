#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <string_view>

#include "exmc/config/config.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/file.hpp"
#include "exmc/core/nearest.hpp"
#include "exmc/core/text.hpp"
#include "json/value.hpp"
#include "overrides.hpp"

namespace exmc::config {
namespace {

namespace fs = std::filesystem;
using json::Json;
using json::Object;
using json::Value;

constexpr std::uint64_t kMostIterations = 1'000'000'000'000;
constexpr std::uint64_t kMostChains = 100'000;
constexpr std::uint64_t kDeepestTree = 30;  // 2^30 gradients an iteration are beyond any use
constexpr double kLongestSeconds = 1e6;

double read_seconds(const Value& value) {
  constexpr auto expected = "seconds from 0 to 1000000";
  const double seconds = value.number(expected);
  if (seconds < 0 || seconds > kLongestSeconds) value.refuse_as_not(expected);
  return seconds;
}

double read_patience(const Value& value) {
  constexpr auto expected = "seconds from 1 to 1000000";
  const double seconds = value.number(expected);
  if (seconds < 1 || seconds > kLongestSeconds) value.refuse_as_not(expected);
  return seconds;
}

std::string read_choice(const Value& value, const std::vector<std::string>& choices) {
  std::string expected;
  for (const std::string& choice : choices) expected += (expected.empty() ? "one of " : ", ") + in_quotes(choice);
  std::string word = value.string(expected);
  if (std::find(choices.begin(), choices.end(), word) == choices.end()) {
    value.refuse("found " + in_quotes(word) + did_you_mean(word, choices) + ", expected " + expected);
  }
  return word;
}

fs::path read_path(const Value& value) {
  const std::string path = value.string("the path of a file");
  if (path.empty() || path.find('\0') != std::string::npos) value.refuse_as_not("the path of a file");
  return path;
}

void read_model(const Value& value, Config& config) {
  if (value.json().is_object()) {
    config.model_text = value.json().dump();
  } else {
    (void)value.string("the path of a model, or the model itself");
    config.model_file = read_path(value);
  }
}

void read_warmup(Object keys, Config::Warmup& warmup) {
  if (const auto value = keys.find("iterations")) warmup.iterations = value->integer(0, kMostIterations);
  if (const auto value = keys.find("mode")) {
    const std::string mode = read_choice(*value, {"coordinator", "pooled", "independent"});
    if (mode == "pooled") value->refuse("the mode \"pooled\" is not available yet");
    warmup.mode = mode == "independent" ? WarmupMode::independent : WarmupMode::coordinator;
  }
  if (const auto value = keys.find("settle")) warmup.settle = value->integer(0, kMostIterations);
  keys.refuse_unknown();
}

void read_sampler(Object keys, Config::Sampler& sampler) {
  if (const auto value = keys.find("draws")) sampler.draws = value->integer(1, kMostIterations);
  if (const auto value = keys.find("target_accept")) {
    constexpr auto expected = "a number between 0 and 1, both excluded";
    sampler.target_accept = value->number(expected);
    if (!(sampler.target_accept > 0 && sampler.target_accept < 1)) value->refuse_as_not(expected);
  }
  if (const auto value = keys.find("max_tree_depth")) {
    sampler.max_tree_depth = static_cast<int>(value->integer(1, kDeepestTree));
  }
  if (const auto value = keys.find("metric")) sampler.metric = read_choice(*value, {"diag", "dense", "unit"});
  keys.refuse_unknown();
}

void read_output(Object keys, Config::Output& output) {
  if (const auto value = keys.find("file")) output.file = read_path(*value);
  if (const auto value = keys.find("flush_seconds")) output.flush_seconds = read_seconds(*value);
  if (const auto value = keys.find("save_warmup")) output.save_warmup = value->boolean();
  // "auto" would write them when they are small, which is not what happens; "prior": 0 is.
  for (const char* key : {"log_likelihood", "predictive"}) keys.not_available_yet(key);
  if (const auto value = keys.find("prior"); value && value->integer(0, kMostIterations) != 0) {
    value->refuse("prior draws are not available yet, expected 0");
  }
  keys.refuse_unknown();
}

/// "auto", a number of bytes, or a text such as "4 GB".
std::optional<std::uint64_t> read_memory(const Value& value) {
  constexpr auto expected = "\"auto\", a number of bytes, or a size such as \"4 GB\" (kB, MB, GB, TB)";
  constexpr std::uint64_t most = std::uint64_t{1} << 60U;
  if (!value.json().is_string()) return value.integer(1, most, expected);
  const std::string text = value.string();
  if (text == "auto") return std::nullopt;
  const std::size_t end = text.find_first_not_of("0123456789.");
  const std::size_t unit = end == std::string::npos ? end : text.find_first_not_of(' ', end);
  if (unit == std::string::npos) value.refuse_as_not(expected);
  constexpr std::array<std::string_view, 4> units = {"kB", "MB", "GB", "TB"};
  const auto found = std::find(units.begin(), units.end(), std::string_view(text).substr(unit));
  const ParsedNumber number = parse_number(std::string_view(text).substr(0, end));
  if (found == units.end() || number.fault != NumberFault::none) value.refuse_as_not(expected);
  const double bytes = number.value * std::pow(1000.0, 1.0 + static_cast<double>(found - units.begin()));
  if (!(bytes >= 1 && bytes <= static_cast<double>(most))) value.refuse_as_not(expected);
  return static_cast<std::uint64_t>(bytes);
}

void read_runtime(Object keys, Config::Runtime& runtime) {
  if (const auto value = keys.find("heartbeat_seconds")) runtime.heartbeat_seconds = read_patience(*value);
  if (const auto value = keys.find("start_seconds")) runtime.start_seconds = read_patience(*value);
  if (const auto value = keys.find("memory_limit")) runtime.memory_limit = read_memory(*value);
  keys.refuse_unknown();
}

/// Reads whatever keys are there, so that it serves a config as well as the one key of a --set.
void read_keys(Object keys, Config& config) {
  if (const auto value = keys.find("model")) read_model(*value, config);
  if (const auto value = keys.find("data")) {
    (void)value->object("an object of data entries");
    config.data_text = value->json().dump();
  }
  if (const auto value = keys.find("seed")) config.seed = value->integer(0, std::numeric_limits<std::uint64_t>::max());
  if (const auto value = keys.find("chains"))
    config.chains = static_cast<std::uint32_t>(value->integer(1, kMostChains));
  if (const auto value = keys.find("warmup")) read_warmup(value->object(), config.warmup);
  if (const auto value = keys.find("sampler")) read_sampler(value->object(), config.sampler);
  if (const auto value = keys.find("output")) read_output(value->object(), config.output);
  if (const auto value = keys.find("runtime")) read_runtime(value->object(), config.runtime);
  if (const auto value = keys.find("$schema")) (void)value->string();
  keys.refuse_unknown();
}

/// The member at the end of a path of keys, when it is there and a string.
void rebase(Json& config, std::initializer_list<std::string_view> keys, const fs::path& folder) {
  Json* place = &config;
  for (const std::string_view key : keys) {
    if (!place->is_object()) return;
    const auto found = place->find(std::string(key));
    if (found == place->end()) return;
    place = &*found;
  }
  if (!place->is_string() || place->get_ref<const std::string&>().empty()) return;
  *place = (folder / place->get<std::string>()).lexically_normal().string();
}

/// Makes the paths of a config, which are relative to its folder, relative to the working directory. Wrong types are
/// left to read_keys(); an inline model's paths stay, for they are confined to the folder.
void rebase_paths(Json& config, const fs::path& folder) {
  rebase(config, {"model"}, folder);
  rebase(config, {"output", "file"}, folder);
  const auto data = config.find("data");
  if (data == config.end() || !data->is_object()) return;
  for (auto& [name, entry] : data->items()) rebase(entry, {"file"}, folder);
}

}  // namespace

Config load_config(const fs::path& file, const std::vector<std::string>& overrides, const Config& defaults) {
  Config config = defaults;
  config.source = printable(file.string(), kLongestPathShown);
  config.folder = file.parent_path();

  Json json = json::parse(read_text_file(file, "config"), config.source);
  const Value root(json, config.source);
  (void)root.object("a config: an object with \"model\"");
  rebase_paths(json, config.folder);
  for (const std::string& text : overrides) {
    const Override override = parse_override(text);
    const Json alone = override.nested();
    Config ignored;
    read_keys(Object(Value(alone, override.label)), ignored);
    override.apply(json);
  }

  config.output.file = fs::path(file).replace_extension(".h5");
  read_keys(Object(root), config);
  if (!config.model_file && config.model_text.empty()) {
    root.refuse("the key \"model\" is missing, expected the path of a model, or the model itself");
  }
  config.text = json.dump(2);
  return config;
}

}  // namespace exmc::config
