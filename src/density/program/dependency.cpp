#include "dependency.hpp"

#include <algorithm>

namespace exmc::density {

DependencyOrder sort_by_dependency(const Dependencies& needs) {
  enum class State : unsigned char { untouched, open, done };
  struct Step {
    std::size_t item;
    std::set<std::size_t>::const_iterator next;
  };
  std::vector<State> states(needs.size(), State::untouched);
  DependencyOrder result;
  std::vector<Step> path;  // the depth first search, without recursion: chains may be long
  for (std::size_t root = 0; root < needs.size(); ++root) {
    if (states[root] != State::untouched) continue;
    path.push_back({root, needs[root].begin()});
    states[root] = State::open;
    while (!path.empty()) {
      Step& step = path.back();
      if (step.next == needs[step.item].end()) {
        states[step.item] = State::done;
        result.order.push_back(step.item);
        path.pop_back();
        continue;
      }
      const std::size_t needed = *step.next++;
      if (states[needed] == State::open) {
        const auto first = std::find_if(path.begin(), path.end(), [&](const Step& s) { return s.item == needed; });
        for (auto it = first; it != path.end(); ++it) result.cycle.push_back(it->item);
        return result;
      }
      if (states[needed] == State::untouched) {
        states[needed] = State::open;
        path.push_back({needed, needs[needed].begin()});
      }
    }
  }
  return result;
}

}  // namespace exmc::density
