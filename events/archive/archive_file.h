// The files of an archive of a log: written under another name until they are whole and flushed,
// and read at any place. Errors name the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "events/base/result.h"

namespace mt {

// One thread.
class NewArchiveFile {
 public:
  // As `<file>.part`, mode 0600.
  static Result<NewArchiveFile> make(const std::filesystem::path& file);
  NewArchiveFile(NewArchiveFile&& other) noexcept;
  NewArchiveFile& operator=(NewArchiveFile&&) = delete;
  // Removes what was written, unless it was completed.
  ~NewArchiveFile();

  // RESOURCE_EXHAUSTED when the disk is full, or nearly: it leaves room to others.
  Result<void> write(std::string_view bytes);
  // Returns after the file and its name are on the disk.
  Result<void> complete() { return complete_as(file_); }
  // The same under another name in the same folder.
  Result<void> complete_as(const std::filesystem::path& file);

 private:
  NewArchiveFile(std::filesystem::path file, int handle)
      : file_(std::move(file)), handle_(handle) {}
  std::filesystem::path part() const { return file_.string() + ".part"; }

  std::filesystem::path file_;
  int handle_;
};

// Any thread.
class ArchiveFile {
 public:
  // DATA_LOSS when there is none.
  static Result<ArchiveFile> open(const std::filesystem::path& file);
  ArchiveFile(ArchiveFile&& other) noexcept;
  ArchiveFile& operator=(ArchiveFile&&) = delete;
  ~ArchiveFile();

  const std::filesystem::path& path() const { return file_; }
  std::uint64_t size() const { return size_; }
  // DATA_LOSS when the file ends before.
  Result<std::string> read(std::uint64_t offset, std::size_t bytes) const;

 private:
  ArchiveFile(std::filesystem::path file, int handle, std::uint64_t size)
      : file_(std::move(file)), handle_(handle), size_(size) {}

  std::filesystem::path file_;
  int handle_;
  std::uint64_t size_;
};

// Makes the folder, and those above it, with mode 0700; returns after their names are flushed.
Result<void> make_archive_folder(const std::filesystem::path& folder);

}  // namespace mt
