#include "writer_identity.hpp"

#include <fcntl.h>

#include <array>
#include <ctime>
#include <string>

#include "exmc/core/error.hpp"
#include "exmc/io/file_status.hpp"
#include "hdf5.hpp"

namespace exmc::io {

void write_identity(PosixFile& file, const FileMap& map, const Process& identity) {
  std::array<char, kHostBytes> host{};
  identity.host.copy(host.data(), host.size() - 1);
  file.write_at(map.writer_host, host.data(), host.size());
  file.write_at(map.writer_pid, &identity.pid, sizeof identity.pid);
  file.write_at(map.writer_start, &identity.start, sizeof identity.start);
  const auto now = static_cast<std::int64_t>(std::time(nullptr));
  file.write_at(map.writer_since, &now, sizeof now);
}

Process read_identity(const PosixFile& file, const FileMap& map) {
  Process identity;
  std::array<char, kHostBytes + 1> host{};
  file.read_at(map.writer_host, host.data(), kHostBytes);
  identity.host = host.data();
  file.read_at(map.writer_pid, &identity.pid, sizeof identity.pid);
  file.read_at(map.writer_start, &identity.start, sizeof identity.start);
  return identity;
}

namespace {

std::string utc_text(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
  return text.data();
}

}  // namespace

std::string to_string(const Process& identity) {
  return "process " + std::to_string(identity.pid) + " on host " + identity.host;
}

std::optional<Process> last_writer(const std::filesystem::path& path) {
  try {
    h5::prepare_library();
    const PosixFile file(path.string(), O_RDONLY, path.string());
    return read_identity(file, read_map(path.string()));
  } catch (const h5::Failure&) {
    return std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string describe_writer(const std::filesystem::path& path) {
  try {
    h5::prepare_library();
    const PosixFile file(path.string(), O_RDONLY, path.string());
    const FileMap map = read_map(path.string());
    std::int64_t since = 0;
    file.read_at(map.writer_since, &since, sizeof since);
    return to_string(read_identity(file, map)) + " since " + utc_text(since);
  } catch (const h5::Failure&) {
    return "another process";
  } catch (const Error&) {
    return "another process";
  }
}

}  // namespace exmc::io
