#include "log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>

#include "terminal.hpp"

namespace exmc::app {

void start_log(bool quiet) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("exmc_mpi"));
  spdlog::set_pattern("%Y-%m-%d %H:%M:%S.%e %l: %v");
  spdlog::set_level(quiet ? spdlog::level::warn : spdlog::level::info);
}

void log_info(const std::string& text) { spdlog::info("{}", text); }

void log_warning(const std::string& text) { spdlog::warn("{}", text); }

void say_error(const std::string& text) {
  std::fflush(stdout);
  std::fprintf(stderr, "%s %s\n", coloured("exmc_mpi:", Colour::red, stderr).c_str(), text.c_str());
}

}  // namespace exmc::app
