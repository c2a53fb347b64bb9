#include "posix_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "exmc/core/error.hpp"
#include "exmc/core/file.hpp"

namespace exmc::io {
namespace {

struct flock whole_file_lock(short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;  // start 0, length 0: to the end, wherever that is
}

/// A record lock that belongs to the open file rather than to the process, so that closing another descriptor of the
/// same file (a reader in this process) does not drop it; the process's own where the kernel knows no such lock.
int record_lock(int descriptor, int open_file_command, int process_command, struct flock& lock) {
  const int result = fcntl(descriptor, open_file_command, &lock);
  return result == 0 || errno != EINVAL ? result : fcntl(descriptor, process_command, &lock);
}

}  // namespace

PosixFile::PosixFile(const std::string& path, int flags, std::string label) : label_(std::move(label)) {
  // O_NONBLOCK: to open a pipe would otherwise wait for somebody at its other end; regular files do not know it.
  descriptor_ = ::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK, 0666);
  if (descriptor_ < 0) fail((flags & O_CREAT) != 0 ? "create" : "open");
  std::error_code unknown;
  const auto type = std::filesystem::status(path, unknown).type();
  const bool usable = type == std::filesystem::file_type::regular || type == std::filesystem::file_type::directory;
  if (!unknown && !usable) {
    ::close(descriptor_);
    throw IoError(label_ + ": is " + kind_of_file(type) + ", expected a file");
  }
}

PosixFile::PosixFile(PosixFile&& other) noexcept
    : label_(std::move(other.label_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      sync_error_(other.sync_error_) {}

PosixFile& PosixFile::operator=(PosixFile&& other) noexcept {
  std::swap(label_, other.label_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(sync_error_, other.sync_error_);
  return *this;
}

PosixFile::~PosixFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void PosixFile::fail(const std::string& what) const {
  throw IoError(label_ + ": cannot " + what + ": " + std::strerror(errno));
}

std::uint64_t PosixFile::size() const {
  struct stat status {};
  if (fstat(descriptor_, &status) != 0) fail("examine");
  return static_cast<std::uint64_t>(status.st_size);
}

void PosixFile::write_at(std::uint64_t offset, const void* bytes, std::size_t count) {
  const char* next = static_cast<const char*>(bytes);
  while (count > 0) {
    const ssize_t written = pwrite(descriptor_, next, count, static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write");
    next += written;
    offset += static_cast<std::uint64_t>(written);
    count -= static_cast<std::size_t>(written);
  }
}

void PosixFile::read_at(std::uint64_t offset, void* bytes, std::size_t count) const {
  char* next = static_cast<char*>(bytes);
  while (count > 0) {
    const ssize_t got = pread(descriptor_, next, count, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read");
    if (got == 0) throw IoError(label_ + ": the file is shorter than it says; it was truncated");
    next += got;
    offset += static_cast<std::uint64_t>(got);
    count -= static_cast<std::size_t>(got);
  }
}

void PosixFile::reserve(std::uint64_t bytes) {
  while (fallocate(descriptor_, 0, 0, static_cast<off_t>(bytes)) != 0) {
    if (errno == EINTR) continue;
    if (errno == EOPNOTSUPP || errno == ENOSYS) return;
    fail("reserve " + std::to_string(bytes) + " bytes");
  }
}

void PosixFile::sync() {
  while (sync_error_ == 0 && fdatasync(descriptor_) != 0) {
    if (errno != EINTR) sync_error_ = errno;
  }
  errno = sync_error_;
  if (sync_error_ != 0) fail("write to disk");
}

void PosixFile::close() {
  // Linux closes the descriptor even when it reports an error: never again.
  if (::close(std::exchange(descriptor_, -1)) != 0) fail("close");
}

bool PosixFile::try_lock() { return try_lock(F_WRLCK); }

bool PosixFile::try_lock_for_reading() { return try_lock(F_RDLCK); }

bool PosixFile::try_lock(short type) {
  struct flock lock = whole_file_lock(type);
  if (record_lock(descriptor_, F_OFD_SETLK, F_SETLK, lock) == 0) return true;
  if (errno == EAGAIN || errno == EACCES) return false;
  fail("lock");
}

bool PosixFile::locked_by_another() const {
  struct flock lock = whole_file_lock(F_RDLCK);  // which another reader does not stand in the way of
  if (record_lock(descriptor_, F_OFD_GETLK, F_GETLK, lock) != 0) fail("ask for the lock of");
  return lock.l_type != F_UNLCK;
}

bool PosixFile::is_named(const std::string& path) const {
  struct stat ours {
  }, theirs{};
  return fstat(descriptor_, &ours) == 0 && stat(path.c_str(), &theirs) == 0 && ours.st_dev == theirs.st_dev &&
         ours.st_ino == theirs.st_ino;
}

bool rename_file(const std::string& from, const std::string& to, bool replace) {
  const auto fail = [&] { throw IoError(to + ": cannot create: " + std::strerror(errno)); };
  if (replace) {
    if (std::rename(from.c_str(), to.c_str()) != 0) fail();
    return true;
  }
  if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
  if (errno == EEXIST) return false;
  if (errno != EINVAL && errno != ENOSYS) fail();
  // File systems without that flag (NFS) have this: a second name fails where one exists.
  if (link(from.c_str(), to.c_str()) == 0) {
    if (unlink(from.c_str()) != 0) fail();
    return true;
  }
  if (errno != EEXIST) fail();
  return false;
}

void sync_folder_of(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const std::string name = folder.empty() ? "." : folder.string();
  PosixFile opened(name, O_RDONLY | O_DIRECTORY, name);
  opened.sync();
}

}  // namespace exmc::io
