#include "exmc/runtime/run_event.hpp"

#include <algorithm>
#include <utility>

namespace exmc::runtime {
namespace {

using Kind = RunEvent::Kind;

constexpr std::pair<Kind, const char*> kNames[] = {{Kind::death, "death"},         {Kind::reassigned, "reassigned"},
                                                   {Kind::resumed, "resumed"},     {Kind::takeover, "takeover"},
                                                   {Kind::hung, "hung"},           {Kind::stopping, "stopping"},
                                                   {Kind::begun, "begun"},         {Kind::continued, "continued"},
                                                   {Kind::ended, "ended"},         {Kind::started, "started"},
                                                   {Kind::completed, "completed"}, {Kind::failed, "failed"},
                                                   {Kind::learned, "learned"},     {Kind::enough, "enough"}};

void add(const RunEvent& event, Told& told) {
  switch (event.kind) {
    case Kind::begun:
    case Kind::continued:
      told = {};
      break;
    case Kind::death:
      told.deaths.insert(event.rank);
      break;
    case Kind::hung:
      told.hangs.insert(event.rank);
      break;
    case Kind::stopping:
      told.stopping = true;
      break;
    case Kind::started:
    case Kind::reassigned:
      if (event.chain) told.chains[*event.chain] = {true, event.kind == Kind::reassigned, false, false};
      break;
    case Kind::resumed:
      if (event.chain) told.chains[*event.chain].awaited = false;
      break;
    case Kind::completed:
      if (event.chain) told.chains[*event.chain].complete = true;
      break;
    case Kind::failed:
      if (event.chain) told.chains[*event.chain].failed = true;
      break;
    case Kind::enough:
      told.enough = true;
      break;
    case Kind::takeover:
    case Kind::ended:
    case Kind::learned:
      break;
  }
}

}  // namespace

const char* name(RunEvent::Kind kind) {
  return std::ranges::find_if(kNames, [kind](const auto& entry) { return entry.first == kind; })->second;
}

std::optional<RunEvent::Kind> kind_of(std::string_view name) {
  for (const auto& [kind, text] : kNames) {
    if (text == name) return kind;
  }
  return std::nullopt;
}

bool is_routine(RunEvent::Kind kind) {
  return kind == Kind::begun || kind == Kind::continued || kind == Kind::ended || kind == Kind::started ||
         kind == Kind::completed || kind == Kind::learned || kind == Kind::enough;
}

Told told_by(const std::vector<RunEvent>& events) {
  Told told;
  for (const RunEvent& event : events) add(event, told);
  return told;
}

}  // namespace exmc::runtime
