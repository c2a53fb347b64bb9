#include <stdexcept>

#include "exmc/config/config.hpp"
#include "json/difference.hpp"
#include "json/parse.hpp"

namespace exmc::config {
namespace {

using json::Json;

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

template <class T>
std::optional<T> optional_of(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional<T>(json.get<T>());
}

template <class T>
Json or_automatic(const std::optional<T>& value) {
  return value ? Json(*value) : Json("auto");
}

template <class T>
std::optional<T> automatic_or(const Json& json) {
  return json == "auto" ? std::nullopt : std::optional<T>(json.get<T>());
}

const char* name_of(WarmupMode mode) { return mode == WarmupMode::independent ? "independent" : "coordinator"; }

Json sampling_keys(const Config& config) {
  Json keys = {{"warmup",
                {{"iterations", or_automatic(config.warmup.iterations)},
                 {"mode", name_of(config.warmup.mode)},
                 {"settle", config.warmup.settle}}},
               {"sampler",
                {{"draws", config.sampler.draws},
                 {"target_accept", or_automatic(config.sampler.target_accept)},
                 {"max_tree_depth", config.sampler.max_tree_depth},
                 {"metric", config.sampler.metric},
                 {"coordinates", config.sampler.coordinates}}}};
  if (config.stop.ess) keys["stop"] = {{"ess", *config.stop.ess}, {"rhat", config.stop.rhat.value_or(kStopRhat)}};
  if (!config.warmup.from_hash.empty()) keys["warmup"]["from"] = config.warmup.from_hash;
  if (config.init_text != Config().init_text) keys["init"] = Json::parse(config.init_text);
  return keys;
}

Json text_of(Choice choice) {
  if (choice == Choice::automatic) return "auto";
  if (choice == Choice::possible) return "possible";
  return choice == Choice::yes;
}

Choice choice_of(const Json& text) {
  if (text == "auto") return Choice::automatic;
  if (text == "possible") return Choice::possible;
  return text.get<bool>() ? Choice::yes : Choice::no;
}

/// Those of the output that decide which datasets there are.
Json output_keys(const Config::Output& output) {
  return {{"save_warmup", output.save_warmup},
          {"log_likelihood", text_of(output.log_likelihood)},
          {"predictive", text_of(output.predictive)},
          {"log_prior", output.log_prior},
          {"prior", output.prior},
          {"thin", output.thin},
          {"float32", output.float32},
          {"save", output.save}};
}

void read_output_keys(const Json& json, Config::Output& output) {
  json.at("save_warmup").get_to(output.save_warmup);
  // Files of before there were these groups do not say that they have none.
  output.log_likelihood = choice_of(json.value("log_likelihood", Json(false)));
  output.predictive = choice_of(json.value("predictive", Json(false)));
  output.log_prior = json.value("log_prior", false);
  output.prior = json.value("prior", std::uint64_t{0});
  output.thin = json.value("thin", std::uint64_t{1});
  output.float32 = json.value("float32", false);
  output.save = json.value("save", std::string("all"));
}

void read_sampling_keys(const Json& json, Config& config) {
  const Json& warmup = json.at("warmup");
  config.warmup.iterations = automatic_or<std::uint64_t>(warmup.at("iterations"));
  config.warmup.mode = warmup.at("mode") == "independent" ? WarmupMode::independent : WarmupMode::coordinator;
  warmup.at("settle").get_to(config.warmup.settle);
  config.warmup.from_hash = warmup.value("from", std::string());
  const Json& sampler = json.at("sampler");
  sampler.at("draws").get_to(config.sampler.draws);
  config.sampler.target_accept = automatic_or<double>(sampler.at("target_accept"));
  sampler.at("max_tree_depth").get_to(config.sampler.max_tree_depth);
  sampler.at("metric").get_to(config.sampler.metric);
  config.sampler.coordinates = sampler.value("coordinates", std::string("model"));  // older files have none
  if (const auto stop = json.find("stop"); stop != json.end()) {
    config.stop.ess = stop->at("ess").get<double>();
    config.stop.rhat = stop->at("rhat").get<double>();
  }
  if (const auto init = json.find("init"); init != json.end()) config.init_text = init->dump();
}

}  // namespace

std::string effective_text(const Config& config) { return sampling_keys(config).dump(); }

std::uint64_t saved_draws(const Config& config) {
  return config.sampler.draws / config.output.thin + (config.sampler.draws % config.output.thin > 0 ? 1 : 0);
}

std::string output_text(const Config::Output& output) { return output_keys(output).dump(); }

Config recorded_config(const std::string& effective, const std::string& output) {
  try {
    Config config;
    read_sampling_keys(Json::parse(effective), config);
    read_output_keys(Json::parse(output), config.output);
    return config;
  } catch (const Json::exception& error) {
    throw std::logic_error(std::string("the text of recorded keys is corrupt: ") + error.what());
  }
}

std::optional<Difference> text_difference(const std::string& was, const std::string& is) {
  Json then = Json::parse(was), now = Json::parse(is);
  for (Json* keys : {&then, &now}) {
    if (keys->contains("sampler")) keys->at("sampler").erase("draws");
  }
  return json::first_difference(then, now);
}

std::string encode(const Config& config) {
  std::optional<std::string> model_file;
  if (config.model_file) model_file = config.model_file->string();
  const Json json = {{"source", config.source},
                     {"text", config.text},
                     {"folder", config.folder.string()},
                     {"model_file", or_null(model_file)},
                     {"model_text", config.model_text},
                     {"data_text", config.data_text},
                     {"seed", or_null(config.seed)},
                     {"chains", or_null(config.chains)},
                     {"sampling", sampling_keys(config)},
                     {"output",
                      {{"file", config.output.file.string()},
                       {"flush_seconds", config.output.flush_seconds},
                       {"summary", config.output.summary},
                       {"datasets", output_keys(config.output)}}},
                     {"runtime",
                      {{"heartbeat_seconds", config.runtime.heartbeat_seconds},
                       {"start_seconds", config.runtime.start_seconds},
                       {"memory_limit", or_null(config.runtime.memory_limit)},
                       {"time_limit", or_null(config.runtime.time_limit)}}}};
  return json.dump();
}

Config decode(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    Config config;
    json.at("source").get_to(config.source);
    json.at("text").get_to(config.text);
    config.folder = json.at("folder").get<std::string>();
    if (const auto file = optional_of<std::string>(json.at("model_file"))) config.model_file = *file;
    json.at("model_text").get_to(config.model_text);
    json.at("data_text").get_to(config.data_text);
    config.seed = optional_of<std::uint64_t>(json.at("seed"));
    config.chains = optional_of<std::uint32_t>(json.at("chains"));
    read_sampling_keys(json.at("sampling"), config);
    config.output.file = json.at("output").at("file").get<std::string>();
    json.at("output").at("flush_seconds").get_to(config.output.flush_seconds);
    json.at("output").at("summary").get_to(config.output.summary);
    read_output_keys(json.at("output").at("datasets"), config.output);
    json.at("runtime").at("heartbeat_seconds").get_to(config.runtime.heartbeat_seconds);
    json.at("runtime").at("start_seconds").get_to(config.runtime.start_seconds);
    config.runtime.memory_limit = optional_of<std::uint64_t>(json.at("runtime").at("memory_limit"));
    config.runtime.time_limit = optional_of<double>(json.at("runtime").at("time_limit"));
    return config;
  } catch (const Json::exception& error) {
    throw std::logic_error(std::string("the text of an encoded config is corrupt: ") + error.what());
  }
}

}  // namespace exmc::config
