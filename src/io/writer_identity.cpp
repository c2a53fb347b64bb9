#include "writer_identity.hpp"

#include <fcntl.h>

#include <array>
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
  const std::optional<Process> writer = last_writer(path);
  return writer ? to_string(*writer) : "another process";
}

}  // namespace exmc::io
