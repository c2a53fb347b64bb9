#pragma once

#include <string>

namespace exmc::app {

/// Sends the log to standard error. `quiet`: warnings and errors only.
void start_log(bool quiet);

void log_info(const std::string& text);
void log_warning(const std::string& text);

/// The one line by which a run or a command that failed says why.
void say_error(const std::string& text);

}  // namespace exmc::app
