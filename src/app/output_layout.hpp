#pragma once

#include <string>

#include "exmc/io/draw_file.hpp"
#include "job.hpp"

namespace exmc::app {

/// The objects of a run's output file. `ranks` is what describe() says of them.
[[nodiscard]] io::FileLayout output_layout(const Job& job, const Programs& programs, const std::string& ranks);

/// The hash of the job's data, as /model has it.
[[nodiscard]] std::string data_hash_text(const Job& job);

}  // namespace exmc::app
