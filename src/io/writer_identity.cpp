#include "writer_identity.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>
#include <string>

#include "exmc/core/error.hpp"
#include "hdf5.hpp"

namespace exmc::io {
namespace {

/// Field 22 of /proc/self/stat; 0 where there is none. Fields count from behind the name, which may hold anything.
std::int64_t start_of_this_process() {
  constexpr int fields_from_name_to_start = 20;
  std::ifstream file("/proc/self/stat");
  std::string text;
  std::getline(file, text);
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(text.substr(name_end + 1));
  std::string field;
  for (int i = 0; i < fields_from_name_to_start; ++i) fields >> field;
  return fields ? std::stoll(field) : 0;
}

}  // namespace

WriterIdentity this_process() {
  std::array<char, kHostBytes> host{};
  gethostname(host.data(), host.size() - 1);
  return {host.data(), getpid(), start_of_this_process()};
}

void write_identity(PosixFile& file, const FileMap& map, const WriterIdentity& identity) {
  std::array<char, kHostBytes> host{};
  identity.host.copy(host.data(), host.size() - 1);
  file.write_at(map.writer_host, host.data(), host.size());
  file.write_at(map.writer_pid, &identity.pid, sizeof identity.pid);
  file.write_at(map.writer_start, &identity.start, sizeof identity.start);
}

WriterIdentity read_identity(const PosixFile& file, const FileMap& map) {
  WriterIdentity identity;
  std::array<char, kHostBytes + 1> host{};
  file.read_at(map.writer_host, host.data(), kHostBytes);
  identity.host = host.data();
  file.read_at(map.writer_pid, &identity.pid, sizeof identity.pid);
  file.read_at(map.writer_start, &identity.start, sizeof identity.start);
  return identity;
}

std::string to_string(const WriterIdentity& identity) {
  return "process " + std::to_string(identity.pid) + " on host " + identity.host;
}

std::string describe_writer(const std::filesystem::path& path) {
  try {
    h5::prepare_library();
    const PosixFile file(path.string(), O_RDONLY, path.string());
    return to_string(read_identity(file, read_map(path.string())));
  } catch (const h5::Failure&) {
    return "another process";
  } catch (const Error&) {
    return "another process";
  }
}

}  // namespace exmc::io
