#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "exmc/io/draw_file.hpp"
#include "exmc/runtime/run_rank.hpp"
#include "job.hpp"
#include "rank_card.hpp"
#include "voice.hpp"

namespace exmc::app {

/// What the ranks do together, chain by chain, and where it goes: a run, or what --predict makes of one.
class Undertaking {
 public:
  Undertaking() = default;
  Undertaking(const Undertaking&) = delete;
  Undertaking& operator=(const Undertaking&) = delete;
  virtual ~Undertaking() = default;

  [[nodiscard]] virtual runtime::RunPlan plan() const = 0;
  [[nodiscard]] virtual runtime::ChainFactory& factory() = 0;
  [[nodiscard]] virtual runtime::RunObserver& observer() = 0;
  /// Opens the output before anything is done. @return nothing where nothing is left to be done, which is said.
  /// @throws Error for what keeps it from that.
  [[nodiscard]] virtual std::unique_ptr<runtime::DrawSink> open(const std::vector<RankCard>& cards,
                                                                io::Existing existing) = 0;
  /// Opens the output that another rank wrote before. @param places  of the processes that may have
  /// @throws IoError where it cannot be reached, or is locked.
  [[nodiscard]] virtual std::unique_ptr<runtime::DrawSink> reopen(const std::vector<Process>& places) = 0;
  /// Says what begins now. @param called  "rank" or "thread"
  virtual void announce(std::int32_t places, const std::string& called) = 0;
};

/// What somebody wants to know of it while it goes on, and what may end it.
struct Telling {
  Voice voice;
  std::uint64_t places = 1;  ///< ranks, or threads
  runtime::InterruptSource interrupt;
};

/// They keep references to options and job.
[[nodiscard]] std::unique_ptr<Undertaking> make_sampling(const Options& options, const Job& job,
                                                         const Programs& programs, Telling telling);
[[nodiscard]] std::unique_ptr<Undertaking> make_predicting(const Options& options, const Job& job,
                                                           const Programs& programs, Telling telling);

}  // namespace exmc::app
