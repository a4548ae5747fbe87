// The dispatch table: every method with its compiled rules. Filled before the start, then only
// read, so that reading needs no lock.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bus/access.h"
#include "bus/method.h"
#include "bus/validation.h"

namespace mt {

struct MethodEntry {
  Method method;
  std::string name;
  Kind kind = Kind::KIND_UNSPECIFIED;
  Access access;
  Validator validator;
  const Message* prototype = nullptr;  // of the request; owned by protobuf
};

class MethodTable {
 public:
  Result<void> add(Method method);
  // Null when there is none. Open calls keep the entry, so that a late answer finds it.
  std::shared_ptr<const MethodEntry> find(std::string_view name) const;
  std::vector<const Method*> by_name() const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const noexcept {
      return std::hash<std::string_view>{}(name);
    }
  };
  std::unordered_map<std::string, std::shared_ptr<const MethodEntry>, Hash, std::equal_to<>>
      entries_;
};

}  // namespace mt
