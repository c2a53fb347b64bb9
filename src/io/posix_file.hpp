#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace exmc::io {

/// An open file of the operating system. Every failure is an IoError that names the file and the reason.
class PosixFile {
 public:
  PosixFile() = default;
  /// `flags` as for open(2); O_CLOEXEC is added. `label` is what messages call the file.
  PosixFile(const std::string& path, int flags, std::string label);
  PosixFile(PosixFile&& other) noexcept;
  PosixFile& operator=(PosixFile&& other) noexcept;
  ~PosixFile();

  [[nodiscard]] const std::string& label() const { return label_; }
  [[nodiscard]] std::uint64_t size() const;

  void write_at(std::uint64_t offset, const void* bytes, std::size_t count);
  /// Reads exactly `count` bytes.
  void read_at(std::uint64_t offset, void* bytes, std::size_t count) const;
  /// Asks for the disk space of the whole file now, where the file system can promise that.
  void reserve(std::uint64_t bytes);
  /// Makes contents durable. After a failure every later call fails: the kernel may have dropped what could not be
  /// written, and would report success the next time.
  void sync();
  /// Closes now, so that what closing reports is not lost.
  void close();

  /// Takes the writer's lock on the whole file; false when another has it.
  [[nodiscard]] bool try_lock();
  /// Keeps writers away; any number may read. False when a writer has the file.
  [[nodiscard]] bool try_lock_for_reading();
  /// Whether a writer other than this descriptor holds the lock.
  [[nodiscard]] bool locked_by_another() const;
  /// Whether `path` still names this very file.
  [[nodiscard]] bool is_named(const std::string& path) const;

  [[noreturn]] void fail(const std::string& what) const;

 private:
  [[nodiscard]] bool try_lock(short type);

  std::string label_;
  int descriptor_ = -1;
  int sync_error_ = 0;
};

/// Gives `from` the name `to` in one step. @return false when `to` exists and is not to be replaced.
[[nodiscard]] bool rename_file(const std::string& from, const std::string& to, bool replace);

/// Makes the entries of the folder that holds `path` durable.
void sync_folder_of(const std::string& path);

}  // namespace exmc::io
