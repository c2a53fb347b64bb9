#include "json/parse.hpp"
#include "status.hpp"

namespace exmc::app {
namespace {

using io::FileStatus;
using json::Json;

const char* name_of(FileStatus status) {
  switch (status) {
    case FileStatus::complete:
      return "complete";
    case FileStatus::resumable:
      return "resumable";
    case FileStatus::being_written:
      return "being_written";
    case FileStatus::unreadable:
      break;
  }
  return "unreadable";
}

Json json_of(const WatchedFile& watched) {
  Json object = {{"file", watched.file.string()},
                 {"status", name_of(watched.report.status)},
                 {"text", watched.report.text},
                 {"draws", watched.report.draws},
                 {"planned_draws", watched.report.planned}};
  if (watched.per_second) object["draws_per_second"] = *watched.per_second;
  if (watched.seconds_left) object["seconds_left"] = *watched.seconds_left;
  return object;
}

}  // namespace

std::string status_json(const std::vector<WatchedFile>& files) {
  Json list = Json::array();
  for (const WatchedFile& watched : files) list.push_back(json_of(watched));
  return list.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace exmc::app
