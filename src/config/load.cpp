#include <algorithm>
#include <array>
#include <initializer_list>
#include <set>
#include <string_view>
#include <utility>

#include "exmc/config/config.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/file.hpp"
#include "exmc/core/text.hpp"
#include "json/value.hpp"
#include "keys.hpp"
#include "overrides.hpp"

namespace exmc::config {
namespace {

namespace fs = std::filesystem;
using json::Json;
using json::Object;
using json::Value;

/// What other programs call keys of this one.
constexpr std::array kElsewhere = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"adapt_delta", "sampler.target_accept"},
    {"cores", "chains"},
    {"inits", "init"},
    {"initvals", "init"},
    {"iter_sampling", "sampler.draws"},
    {"iter_warmup", "warmup.iterations"},
    {"iterations", "sampler.draws"},
    {"max_depth", "sampler.max_tree_depth"},
    {"max_treedepth", "sampler.max_tree_depth"},
    {"num_chains", "chains"},
    {"num_samples", "sampler.draws"},
    {"num_warmup", "warmup.iterations"},
    {"parallel_chains", "chains"},
    {"random_seed", "seed"},
    {"samples", "sampler.draws"},
    {"thin", "output.thin"},
    {"tune", "warmup.iterations"},
});

/// @throws InputError for a key that stands in another place than its own, or has another name elsewhere, with the path
/// that is meant.
void refuse_misplaced(const Object& object) {
  for (const auto& [name, value] : object.members()) {
    const auto same = [&](const Key& key) { return key.name == name || key.section == name; };
    const bool here = std::ranges::any_of(keys(), [&](const Key& key) {
      const bool in_section =
          object.value().path().empty() ? key.section.empty() : key.section == object.value().path();
      return same(key) && (in_section || key.section == name);
    });
    if (here) continue;
    const auto elsewhere = std::ranges::find(kElsewhere, name, &decltype(kElsewhere)::value_type::first);
    const auto meant = std::ranges::find_if(keys(), [&](const Key& key) {
      return elsewhere == kElsewhere.end() ? key.name == name : key.path() == elsewhere->second;
    });
    if (meant == keys().end()) continue;
    object.value().refuse("unknown key " + in_quotes(name) + " (did you mean " + in_quotes(meant->path()) + "?)");
  }
}

void read_section(Object object, std::string_view section, Config& config) {
  refuse_misplaced(object);
  for (const Key& key : keys()) {
    if (key.section != section) continue;
    if (const auto value = object.find(std::string(key.name))) key.read(*value, config);
  }
  object.refuse_unknown();
}

/// Reads whatever keys are there, so that it serves a config as well as the one key of a --set.
void read_keys(Object object, Config& config) {
  refuse_misplaced(object);
  std::set<std::string_view> sections;
  for (const Key& key : keys()) {
    const bool stands_alone = key.section.empty();
    if (!stands_alone && !sections.insert(key.section).second) continue;
    const auto value = object.find(std::string(stands_alone ? key.name : key.section));
    if (!value) continue;
    if (stands_alone) {
      key.read(*value, config);
    } else {
      read_section(value->object(), key.section, config);
    }
  }
  object.refuse_unknown();
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
  rebase(config, {"warmup", "from"}, folder);
  const auto init = config.find("init");
  if (init != config.end()) {
    if (init->is_object()) rebase(*init, {"file"}, folder);
    if (init->is_array()) {
      for (Json& entry : *init) rebase(entry, {"file"}, folder);
    }
  }
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
  if (json.is_object() && json.contains("exmc_ir")) json = Json{{"model", file.filename().string()}};
  const Value root(json, config.source);
  (void)root.object("a config: an object with \"model\", or a model: one with \"exmc_ir\"");
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
  if (config.stop.rhat && !config.stop.ess) {
    root.refuse(
        "stop.rhat: found no \"stop.ess\" beside it, expected the effective sample size that the run is to reach");
  }
  config.text = json.dump(2);
  return config;
}

}  // namespace exmc::config
