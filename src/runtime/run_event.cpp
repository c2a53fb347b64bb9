#include "exmc/runtime/run_event.hpp"

namespace exmc::runtime {

const char* name(RunEvent::Kind kind) {
  switch (kind) {
    case RunEvent::Kind::death:
      return "death";
    case RunEvent::Kind::reassigned:
      return "reassigned";
    case RunEvent::Kind::resumed:
      return "resumed";
    case RunEvent::Kind::takeover:
      return "takeover";
    case RunEvent::Kind::hung:
      return "hung";
    case RunEvent::Kind::stopping:
      return "stopping";
    case RunEvent::Kind::begun:
      return "begun";
    case RunEvent::Kind::continued:
      return "continued";
    case RunEvent::Kind::ended:
      return "ended";
    case RunEvent::Kind::started:
      return "started";
    case RunEvent::Kind::completed:
      break;
  }
  return "completed";
}

bool is_routine(RunEvent::Kind kind) {
  using Kind = RunEvent::Kind;
  return kind == Kind::begun || kind == Kind::continued || kind == Kind::ended || kind == Kind::started ||
         kind == Kind::completed;
}

}  // namespace exmc::runtime
