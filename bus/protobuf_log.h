// What protobuf would print on stderr goes to our log. One complaint is dropped: that a string is
// not UTF-8, since it is the client's fault and the client is told, with the field's name.
#pragma once

namespace mt {

// Installs it once for the process; further calls change nothing.
void route_protobuf_log();

}  // namespace mt
