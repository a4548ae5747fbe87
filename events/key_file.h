// KeyFile: KeySlots in one file, slot after slot. A wiped slot is overwritten where it lies and
// never used again.
#pragma once

#include <filesystem>
#include <memory>

#include "events/key_slots.h"

namespace mt {

// Its name in the folder of the keys' environment.
inline constexpr char kKeyFile[] = "wrapped";

class KeyFile final : public KeySlots {
 public:
  // Made with mode 0600 when it is missing. An error names it.
  static Result<std::unique_ptr<KeyFile>> open(const std::filesystem::path& file);
  // To be read only, beside a process that writes. UNAVAILABLE when it is missing.
  static Result<std::unique_ptr<KeyFile>> open_to_read(const std::filesystem::path& file);
  ~KeyFile() override;
  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;

  Result<std::uint64_t> append(const std::vector<std::string>& wrapped) override;
  Result<std::string> read(std::uint64_t slot) const override;
  Result<void> wipe(std::uint64_t slot) override;

 private:
  KeyFile(std::string name, int handle, std::uint64_t bytes)
      : name_(std::move(name)), handle_(handle), next_((bytes + kSlotBytes - 1) / kSlotBytes) {}
  static Result<std::unique_ptr<KeyFile>> open(const std::filesystem::path& file, int flags);
  Error failed(const std::string& what) const;
  Result<void> write_at(std::uint64_t slot, std::string_view bytes);

  const std::string name_;
  const int handle_;
  std::uint64_t next_;  // slot; whatever a cut-off append has left lies before it
};

}  // namespace mt
