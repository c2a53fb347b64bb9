#include "exmc/core/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <system_error>

#include "exmc/core/error.hpp"
#include "exmc/core/long_work.hpp"
#include "exmc/core/memory.hpp"
#include "exmc/core/text.hpp"

namespace exmc {
namespace {

namespace fs = std::filesystem;

/// So that a signal is heard while a large file is read.
constexpr std::size_t kMostAtOnce = 1 << 24;

std::string shown(const fs::path& path) { return in_quotes(path.string(), kLongestPathShown); }

std::string reason(int error) { return std::generic_category().message(error); }

/// Closes on every way out.
class Descriptor {
 public:
  explicit Descriptor(const fs::path& path) : value_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  [[nodiscard]] int get() const { return value_; }

 private:
  int value_;
};

}  // namespace

std::string kind_of_file(fs::file_type type) {
  switch (type) {
    case fs::file_type::directory:
      return "a directory";
    case fs::file_type::fifo:
      return "a pipe";
    case fs::file_type::socket:
      return "a socket";
    default:
      return "a device";
  }
}

void require_regular_file(const fs::path& path, const std::string& where) {
  std::error_code error;
  const fs::file_type type = fs::status(path, error).type();
  if (type == fs::file_type::regular) return;
  if (type == fs::file_type::not_found) throw InputError(where, "there is no file " + shown(path));
  if (type == fs::file_type::none || type == fs::file_type::unknown) {
    throw InputError(where, "cannot look at " + shown(path) + ": " + error.message());
  }
  throw InputError(where, shown(path) + " is " + kind_of_file(type) + ", expected a file");
}

std::string read_text_file(const fs::path& path, const std::string& where, std::uint64_t most_bytes) {
  require_regular_file(path, where);
  const Descriptor file(path);
  if (file.get() < 0) throw InputError(where, "cannot read " + shown(path) + ": " + reason(errno));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    throw InputError(where, shown(path) + " is no longer a file");
  }
  const auto refuse_above = [&](std::uint64_t size) {
    if (size > kLargestText) {
      throw InputError(where, shown(path) + " is larger than 4 GiB, the most that a text file may have");
    }
    if (size > most_bytes) throw InputError(where, shown(path) + " does not fit: " + within_memory_limit(most_bytes));
  };
  refuse_above(static_cast<std::uint64_t>(status.st_size));

  // The size is a hint: files of /proc say 0, and a file may grow while it is read.
  std::string text(static_cast<std::size_t>(status.st_size) + 4096, '\0');
  std::size_t used = 0;
  while (true) {
    const ::ssize_t got = ::read(file.get(), text.data() + used, std::min(text.size() - used, kMostAtOnce));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw IoError(where + ": reading " + shown(path) + " failed: " + reason(errno));
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
    refuse_above(used);
    tell_of_work(used, static_cast<std::uint64_t>(status.st_size));
    if (used == text.size()) text.resize(2 * text.size());
  }
  text.resize(used);
  return text;
}

}  // namespace exmc
