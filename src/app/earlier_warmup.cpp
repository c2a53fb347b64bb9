#include "earlier_warmup.hpp"

#include <fmt/core.h>

#include <limits>
#include <stdexcept>
#include <string>

#include "exmc/core/error.hpp"
#include "exmc/core/hash.hpp"
#include "exmc/io/draw_reader.hpp"
#include "exmc/sampler/coordinates.hpp"
#include "output_layout.hpp"

namespace exmc::app {
namespace {

[[noreturn]] void refuse(const Job& job, const std::string& why) {
  throw InputError(job.config.source, "warmup.from: " + job.config.warmup.from.string() + ' ' + why);
}

sampler::Coordinates decoded(const Job& job, const std::string& tuning) {
  try {
    return sampler::decode_coordinates(tuning);
  } catch (const std::logic_error&) {
    refuse(job, "has coordinates that this version cannot read");
  }
}

}  // namespace

void read_earlier_warmup(Job& job) {
  config::Config::Warmup& warmup = job.config.warmup;
  if (warmup.from.empty()) return;
  if (warmup.mode != config::WarmupMode::coordinator) {
    throw InputError(job.config.source,
                     "warmup.from: found warmup.mode \"independent\", in which each chain warms itself up");
  }
  const io::DrawReader file(warmup.from);
  const std::string tuning = file.tuning();
  if (tuning.empty()) refuse(job, "has no warm-up that ended");
  sampler::Coordinates coordinates = decoded(job, tuning);
  const bool same = file.text("model/ir") == job.model.text && file.text("model/data_hash") == data_hash_text(job);
  if (!same) {
    job.notes.push_back(
        warmup.from.string() +
        " is a run of another model's text or other data: its coordinates are taken, and how high the log "
        "density should be is not known");
    coordinates.lp_mean = 0;
    coordinates.lp_sd = std::numeric_limits<double>::infinity();
  }
  job.tuning = sampler::encode(coordinates);
  warmup.from_hash = fmt::format("{:016x}", fnv1a(job.tuning));
}

void require_fitting_tuning(const Job& job, const density::ModelDensity& density) {
  if (job.tuning.empty()) return;
  const sampler::Coordinates coordinates = decoded(job, job.tuning);
  density::ModelDensity probe = density;
  try {
    static_cast<void>(sampler::checked(coordinates, static_cast<Eigen::Index>(density.dimension())));
    if (coordinates.learned.empty() == density.learns()) throw std::logic_error("learned in one of them alone");
    if (density.learns()) probe.set_coordinates(coordinates.learned);
  } catch (const std::logic_error&) {
    refuse(job, "has coordinates of other parameters, or was sampled with another sampler.coordinates");
  }
}

}  // namespace exmc::app
