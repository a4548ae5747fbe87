#include "bus/trace_id.h"

#include <cstdint>
#include <random>

namespace mt {
namespace {

std::uint64_t random_start() {
  std::random_device kernel;
  return std::uint64_t{kernel()} << 32 | kernel();
}

// SplitMix64: a counter, mixed. Each thread counts from a place of its own.
std::uint64_t next_number() {
  thread_local std::uint64_t counter = random_start();
  std::uint64_t mixed = counter += 0x9e3779b97f4a7c15;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

}  // namespace

std::string trace_id() {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::uint64_t number = next_number();
  std::string text(15, '0');
  for (char& digit : text) {
    digit = kDigits[number & 15];
    number >>= 4;
  }
  return text;
}

}  // namespace mt
