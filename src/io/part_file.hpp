#pragma once

#include <filesystem>
#include <string>

#include "exmc/io/draw_file.hpp"
#include "layout.hpp"
#include "posix_file.hpp"

namespace exmc::io {

/// @throws IoError naming the process that writes the file.
[[noreturn]] void refuse_locked(const std::string& path);

/// Where the file that is to become `output` stands until it does.
[[nodiscard]] std::string part_name(const std::filesystem::path& output);

/// A new, empty, locked file beside the output, removed unless it became the output.
class PartFile {
 public:
  /// `output` is a canonical path. @throws IoError where another process makes that file at this moment.
  explicit PartFile(const std::filesystem::path& output);
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;
  ~PartFile();

  /// Writes all but the draws, whose places are filled with missing values.
  [[nodiscard]] FileMap lay_out(const FileLayout& layout);

  /// Draws from the prior into a file that was laid out for them.
  void write_prior(const FileMap& map, const PriorDraws& prior);

  [[nodiscard]] PosixFile& file() { return file_; }

  /// Gives the file its name. @throws InputError when that is taken and not to be replaced.
  [[nodiscard]] PosixFile become_output(Existing existing);

 private:
  void lock();
  [[noreturn]] void refuse() const;

  std::string output_, name_;
  PosixFile file_;
};

/// What stands where the output is to go, locked so that nobody resumes it meanwhile; nothing where there is nothing.
[[nodiscard]] PosixFile claim_existing(const std::filesystem::path& path, Existing existing);

/// Refuses what cannot fit: reserving the space would find it out as well, but only after writing what there is room
/// for. @throws IoError
void require_space(const std::filesystem::path& target, const std::string& path, const FileLayout& layout);

}  // namespace exmc::io
