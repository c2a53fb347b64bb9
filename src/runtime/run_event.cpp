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
      break;
  }
  return "stopping";
}

}  // namespace exmc::runtime
