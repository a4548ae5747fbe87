#include "events/lmdb/env_check.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace mt {
namespace {

namespace fs = std::filesystem;

// A commit writes its meta page within microseconds; one that is met half written is read again.
constexpr int kReadings = 100;

class MappedFile {
 public:
  // An empty one when there is no file.
  static Result<MappedFile> open(const fs::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0 && errno == ENOENT) return MappedFile();
    struct stat found {};
    void* bytes = MAP_FAILED;
    const bool is_there = file >= 0 && fstat(file, &found) == 0;
    const auto size = static_cast<std::size_t>(found.st_size);
    if (is_there && size > 0) bytes = mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
    const int failure = errno;
    if (file >= 0) close(file);
    if (is_there && size == 0) return MappedFile();
    if (bytes == MAP_FAILED) {
      return unavailable("cannot read " + path.string() + ": " +
                         std::generic_category().message(failure));
    }
    return MappedFile({static_cast<const char*>(bytes), size});
  }
  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile() {
    if (!bytes_.empty()) munmap(const_cast<char*>(bytes_.data()), bytes_.size());
  }

  std::string_view bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::string_view bytes = {}) : bytes_(bytes) {}
  std::string_view bytes_;
};

fs::path file_in(const fs::path& folder) { return folder / "data.mdb"; }

Error in_folder(const fs::path& folder, Error why) {
  why.message = "the environment in " + folder.string() + " is damaged: " + why.message;
  return why;
}

}  // namespace

Result<void> check_before_open(const fs::path& folder) {
  MT_TRY(const MappedFile file, MappedFile::open(file_in(folder)));
  if (file.bytes().empty()) return {};
  for (int reading = 1;; ++reading) {
    const auto snapshots = read_snapshots(file.bytes());
    if (snapshots) return {};
    if (reading == kReadings) return in_folder(folder, snapshots.error());
  }
}

Result<PageReport> check_env(const LmdbEnv& env, PageDepth depth) {
  for (int reading = 1; reading <= kReadings; ++reading) {
    MT_TRY(const LmdbTxn txn, begin_txn(env, MDB_RDONLY));
    MT_TRY(const MappedFile file, MappedFile::open(file_in(env.folder())));
    const auto snapshots = read_snapshots(file.bytes());
    if (!snapshots && reading == kReadings) return in_folder(env.folder(), snapshots.error());
    if (!snapshots) continue;
    // Often the older one: a commit's meta page can be read before the commit counts, which it does
    // once that page is flushed. The transaction keeps its pages, and those of all later commits.
    const auto* mine = snapshots->of(mdb_txn_id(txn.get()));
    if (mine != nullptr) return check_pages(file.bytes(), *snapshots, *mine, depth);
  }
  return unavailable("the environment in " + env.folder() +
                     " is written to faster than its snapshot can be taken; try again");
}

std::uint64_t used_bytes(const LmdbEnv& env) {
  MDB_envinfo info{};
  MDB_stat stat{};
  mdb_env_info(env.get(), &info);
  mdb_env_stat(env.get(), &stat);
  return (std::uint64_t{info.me_last_pgno} + 1) * stat.ms_psize;
}

}  // namespace mt
