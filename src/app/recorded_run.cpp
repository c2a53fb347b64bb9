#include "recorded_run.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "exmc/core/error.hpp"
#include "exmc/diagnostics/summary.hpp"
#include "exmc/io/draw_reader.hpp"
#include "exmc/io/read_dataset.hpp"
#include "output_layout.hpp"
#include "version.hpp"

namespace exmc::app {
namespace {

using config::Choice;

std::uint64_t to_number(const std::string& text, std::uint64_t most) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value > most) throw std::logic_error("no number");
  return value;
}

[[noreturn]] void refuse(const RecordedRun& recorded, const Job& job, const Difference& difference) {
  throw InputError(job.config.source, difference.where + " is " + difference.is + ", but " + recorded.file +
                                          " was made with " + difference.was +
                                          "; --resume goes on with the same run only");
}

std::string text(const Shape& shape) { return "shape " + to_string(shape); }

/// The first element that differs, or the shapes.
std::optional<Difference> array_difference(const std::string& name, const Array& was, const Array& is) {
  if (was.shape != is.shape) return Difference{name, text(was.shape), text(is.shape)};
  for (std::size_t i = 0; i < is.values.size(); ++i) {
    if (was.values[i] == is.values[i] || (std::isnan(was.values[i]) && std::isnan(is.values[i]))) continue;
    return Difference{diagnostics::element_name(name, is.shape, i), fmt::format("{}", was.values[i]),
                      fmt::format("{}", is.values[i])};
  }
  return std::nullopt;
}

std::optional<Difference> data_difference(const RecordedRun& recorded, const io::FileLayout& layout) {
  using Group = std::pair<const char*, const std::vector<io::NamedArray>*>;
  for (const auto& [group, arrays] :
       {Group{"observed_data/", &layout.observed}, Group{"constant_data/", &layout.constant}}) {
    for (const io::NamedArray& array : *arrays) {
      try {
        const Array was = io::read_dataset(recorded.file, group + array.name);
        if (auto found = array_difference(array.name, was, array.value)) return found;
      } catch (const InputError&) {
        return Difference{array.name, "missing", "of " + text(array.value.shape)};
      }
    }
  }
  return std::nullopt;
}

void require_same_data(const RecordedRun& recorded, const Job& job, const io::FileLayout& layout) {
  const std::string hash = data_hash_text(job);
  if (hash == recorded.data_hash) return;
  if (const auto found = data_difference(recorded, layout)) {
    refuse(recorded, job, {"data: " + found->where, found->was, found->is});
  }
  refuse(recorded, job, {"the hash of the data", recorded.data_hash, hash});
}

void require_as_many_draws(const RecordedRun& recorded, const Job& job) {
  const std::uint64_t was = recorded.keys.sampler.draws, is = job.config.sampler.draws;
  if (is >= was) return;
  throw InputError(job.config.source, "sampler.draws is " + std::to_string(is) + ", but " + recorded.file +
                                          " was made for " + std::to_string(was) +
                                          "; --resume never takes draws away (--trim makes a shorter file)");
}

/// What draws are made of now has its place in the file, whose rows would be read wrongly otherwise.
void require_same_rows(const RecordedRun& recorded, const io::FileLayout& layout) {
  const std::vector<std::string>&was = recorded.row, is = layout.row_text();
  if (was == is) return;
  const auto first_not_in = [](const std::vector<std::string>& all, const std::vector<std::string>& others) {
    const auto found =
        std::ranges::find_if(all, [&](const auto& name) { return std::ranges::find(others, name) == others.end(); });
    return found == all.end() ? std::string() : *found;
  };
  const std::string lacks = first_not_in(is, was), has = first_not_in(was, is);
  const std::string difference = !lacks.empty() ? "has no " + lacks + ", which this version of the program writes"
                                 : !has.empty() ? "has " + has + ", which this version of the program does not write"
                                                : "has its datasets in another order than this version of the program";
  throw InputError(
      recorded.file,
      difference + ": another version began it, and only that one can go on with it (--overwrite begins anew)");
}

/// A file goes on with the datasets that it has.
void keep_datasets(const RecordedRun& recorded, Job& job) {
  config::Config::Output& is = job.config.output;
  const config::Config::Output& was = recorded.keys.output;
  const auto note = [&](bool has, bool wanted, const std::string& what, const std::string& key) {
    if (has == wanted) return;
    job.notes.push_back(recorded.file + (has ? " goes on saving " : " was made without ") + what + ": output." + key +
                        " cannot change any more");
  };
  const auto note_choice = [&](Choice then, Choice now, const std::string& what, const std::string& key) {
    const bool has = then != Choice::no, decided = now == Choice::yes || now == Choice::no;
    note(has, decided ? now == Choice::yes : has, what, key);
  };
  note(was.save_warmup, is.save_warmup, "the warm-up", "save_warmup");
  note_choice(was.predictive, is.predictive, "/posterior_predictive", "predictive");
  note_choice(was.log_likelihood, is.log_likelihood, "/log_likelihood", "log_likelihood");
  note(was.log_prior, is.log_prior, "/log_prior", "log_prior");
  if (was.prior != is.prior) {
    job.notes.push_back(recorded.file + " was made with " + std::to_string(was.prior) +
                        " draws from the prior: output.prior cannot change any more");
  }
  if (was.thin != is.thin || was.float32 != is.float32 || was.save != is.save) {
    job.notes.push_back(recorded.file +
                        " goes on as it was begun: output.thin, output.float32 and output.save cannot change any more");
  }
  is.thin = was.thin;
  is.float32 = was.float32;
  is.save = was.save;
  is.save_warmup = was.save_warmup;
  is.predictive = was.predictive;
  is.log_likelihood = was.log_likelihood;
  is.log_prior = was.log_prior;
  is.prior = was.prior;
}

}  // namespace

RecordedRun read_recorded_run(const std::filesystem::path& file) {
  const io::DrawReader reader(file);
  RecordedRun recorded;
  recorded.file = file.string();
  recorded.ir = reader.text("model/ir");
  recorded.data_hash = reader.text("model/data_hash");
  recorded.build = reader.text("run/build");
  recorded.row = reader.row_text();
  recorded.sampling = reader.text("model/sampling");
  try {
    recorded.keys = config::recorded_config(recorded.sampling, reader.text("run/datasets"));
    recorded.keys.seed = to_number(reader.text("model/seed"), std::numeric_limits<std::uint64_t>::max());
    recorded.keys.chains = static_cast<std::uint32_t>(to_number(
        reader.text("model/chains"), reader.chains() + reader.failed_chains().size() + reader.waiting_chains().size()));
    static_cast<void>(ir::text_difference(recorded.ir, recorded.ir));  // what cannot be read cannot be compared
  } catch (const IoError&) {
    throw;
  } catch (const std::exception&) {
    throw IoError(recorded.file + ": what it says of the run that made it is damaged");
  }
  return recorded;
}

void require_same_run(const RecordedRun& recorded, const Job& job, const io::FileLayout& layout) {
  const auto require_same = [&](const char* key, auto was, auto is) {
    if (was != is) refuse(recorded, job, {key, std::to_string(was), std::to_string(is)});
  };
  if (const auto found = ir::text_difference(recorded.ir, job.model.text)) {
    refuse(recorded, job, {"the model's " + found->where, found->was, found->is});
  }
  require_same_data(recorded, job, layout);
  require_same("seed", *recorded.keys.seed, *job.config.seed);
  require_same("chains", *recorded.keys.chains, *job.config.chains);
  if (const auto found = config::text_difference(recorded.sampling, config::effective_text(job.config))) {
    refuse(recorded, job, *found);
  }
  require_as_many_draws(recorded, job);
  require_same_rows(recorded, layout);
}

std::optional<std::string> difference_of_build(const RecordedRun& recorded) {
  if (recorded.build == build_id()) return std::nullopt;
  return "this is another build or maths library (" + build_id() + ") than the one that began " + recorded.file + " (" +
         recorded.build + "): draws may differ in the last digits from those of an undisturbed run";
}

void adopt_recorded_keys(const Options& options, Job& job) {
  std::error_code unknown;
  if (!std::filesystem::exists(job.config.output.file, unknown)) return;
  const RecordedRun recorded = read_recorded_run(job.config.output.file);
  job.config = config::load_config(options.path, options.set, recorded.keys);
  keep_datasets(recorded, job);
}

}  // namespace exmc::app
