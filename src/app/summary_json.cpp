#include "json/parse.hpp"
#include "summary.hpp"

namespace exmc::app {
namespace {

using json::Json;

Json row_json(const diagnostics::SummaryRow& row) {
  Json json = {{"name", row.name},
               {"mean", row.mean},
               {"sd", row.sd},
               {"mcse_mean", row.mcse_mean},
               {"q5", row.q5},
               {"q50", row.q50},
               {"q95", row.q95},
               {"ess_bulk", row.ess_bulk},
               {"ess_tail", row.ess_tail},
               {"rhat", row.rhat},
               {"missing", row.missing}};
  if (!row.label.empty()) json["label"] = row.label;
  return json;
}

}  // namespace

std::string summary_json(const Summary& summary) {
  const diagnostics::RunFacts& facts = summary.facts;
  Json rows = Json::array();
  Json suspicious_rhat = Json::array(), suspicious_ess = Json::array(), warnings = Json::array();
  for (const diagnostics::SummaryRow& row : summary.rows) {
    rows.push_back(row_json(row));
    const diagnostics::Suspicion suspicious = diagnostics::suspicion(row, facts);
    if (suspicious.rhat) suspicious_rhat.push_back(row.name);
    if (suspicious.ess) suspicious_ess.push_back(row.name);
  }
  for (const diagnostics::Warning& warning : summary.warnings) warnings.push_back(warning.text);
  const Json object = {{"file", summary.file},
                       {"chains", facts.chains},
                       {"draws", facts.draws},
                       {"planned_draws", summary.planned_draws},
                       {"divergences", facts.divergences},
                       {"reached_max_treedepth", facts.saturated},
                       {"bfmi", facts.bfmi},
                       {"unsettled_chains", facts.unsettled},
                       {"chain_numbers", facts.numbers},
                       {"failed_chains", facts.failed},
                       {"goal_reached", summary.goal.empty() ? Json(nullptr) : Json(summary.goal)},
                       {"waiting_chains", summary.waiting},
                       {"learned", summary.learned},
                       {"warnings", warnings},
                       {"suspicious", {{"rhat", suspicious_rhat}, {"ess", suspicious_ess}}},
                       {"usable", !is_unusable(summary)},
                       {"variables", rows}};
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace exmc::app
