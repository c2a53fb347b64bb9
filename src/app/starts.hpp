#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "exmc/config/points.hpp"
#include "exmc/core/ids.hpp"
#include "exmc/ir/model.hpp"
#include "exmc/sampler/settings.hpp"
#include "job.hpp"

namespace exmc::app {

/// Replaces files in a config's "init" by the draws that chains begin with: chain k of this run with the last draw of
/// chain k of that one or, where that has fewer chains, with earlier draws of them, evenly spaced.
/// @throws InputError where a file has no parameter of the model, or there are not as many entries as chains; IoError
void read_init_files(Job& job);

/// Where the chains of a job begin.
class Starts {
 public:
  /// @throws InputError for values that no parameter has, of another shape or, where that depends on no other
  /// parameter, outside of the support.
  explicit Starts(const Job& job);

  /// May be called by several threads; what it returns is one thread's.
  [[nodiscard]] sampler::Start of(ChainId chain) const;

 private:
  std::shared_ptr<const ir::Model> model_;
  std::uint64_t seed_, memory_limit_;
  std::vector<config::Init> init_;                   ///< one for all, or one for each chain
  std::shared_ptr<const density::Program> program_;  ///< with the bounds of parameters; null where nothing is given
};

}  // namespace exmc::app
