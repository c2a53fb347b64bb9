#pragma once

namespace exmc::app {

/// Whether a person is likely to read standard output as it comes. Under a launcher that is asked of the launcher's own
/// output: ours is always a pseudo-terminal then.
[[nodiscard]] bool output_is_terminal(bool launched);

}  // namespace exmc::app
