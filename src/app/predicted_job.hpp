#pragma once

#include <string>
#include <vector>

#include "exmc/io/quantity_file.hpp"
#include "job.hpp"

namespace exmc::app {

/// What --predict has to do, from the file alone: its model and data, seed, chains and keys, and in
/// `config.output` the groups that are to be made, which the file does not have or not all of.
/// @throws InputError, IoError where nothing can be made of it.
[[nodiscard]] Job predicted_job(const Options& options);

/// "/log_likelihood and /posterior_predictive", of the groups that a job of predicted_job() makes; "" for none.
[[nodiscard]] std::string predicted_groups(const Job& job);

/// What the parameters of the program that makes the groups are called in the file; none where there is no program.
[[nodiscard]] std::vector<std::string> columns_of_parameters(const Job& job, const Programs& programs);

/// The file's layout with these groups and, where they are asked for, draws from the prior.
/// @throws InputError where the file lacks parameters that are needed, naming them.
[[nodiscard]] io::FileLayout predicted_layout(const Job& job, const Programs& programs, const io::PredictedDraws& file);

}  // namespace exmc::app
