#pragma once

#include <memory>
#include <vector>

#include "command_line.hpp"
#include "exmc/density/model_density.hpp"
#include "file_sink.hpp"
#include "job.hpp"
#include "rank_card.hpp"

namespace exmc::app {

/// The sink of a file that is open, of a run of this job.
[[nodiscard]] std::unique_ptr<FileSink> make_sink(io::DrawFile file, const Job& job,
                                                  std::shared_ptr<const density::Program> program);

/// Opens the output of a run: a new file (`existing`: what to do about one that stands there) or, for --resume, the one
/// to go on with, longer where more draws are asked for. Says in the log which of them it is.
/// @throws InputError where the file is there already or another run's; IoError.
[[nodiscard]] std::unique_ptr<FileSink> open_output(const Options& options, const Job& job, const Programs& programs,
                                                    const std::vector<RankCard>& cards, io::Existing existing);

}  // namespace exmc::app
