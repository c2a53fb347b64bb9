#pragma once

#include "exmc/density/model_density.hpp"
#include "job.hpp"

namespace exmc::app {

/// Where the config names an earlier run (warmup.from), reads what that one's warm-up learned into job.tuning. Of a run
/// of other data or another text of the model the level of the log density is forgotten, and a note for the log says
/// so.
/// @throws InputError where it has no such thing, or the mode is not coordinator; IoError where it cannot be read.
void read_earlier_warmup(Job& job);

/// @throws InputError where job.tuning is of other parameters or coordinates than the density's.
void require_fitting_tuning(const Job& job, const density::ModelDensity& density);

}  // namespace exmc::app
