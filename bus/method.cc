#include "bus/method.h"

namespace mt {

std::string Method::name() const {
  return descriptor->service()->full_name() + "/" + descriptor->name();
}

const MethodRule& Method::rule() const {
  return descriptor->options().GetExtension(api::v1::method);
}

}  // namespace mt
