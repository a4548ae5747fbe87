// mtctl: the operators' command line. Reads the arguments, connects, runs one verb, and tells how
// it went by exit code.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace mt::mtctl {

struct Streams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  std::size_t columns = 0;  // of the terminal that `out` is; 0: it is none
};

// `arguments` without the program's name; `version` of this program.
int run(const std::vector<std::string>& arguments, const Streams& streams,
        const std::string& version);

}  // namespace mt::mtctl
