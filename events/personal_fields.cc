#include "events/personal_fields.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <memory>
#include <set>

#include "mt/api/v1/options.pb.h"

namespace mt {
namespace {

namespace pb = google::protobuf;

bool is_personal(const pb::FieldDescriptor& field) {
  return field.options().GetExtension(api::v1::field).personal();
}

// Whether the type, or any that it holds, has a personal field.
bool holds_personal(const pb::Descriptor& type, std::set<const pb::Descriptor*>& seen) {
  if (!seen.insert(&type).second) return false;
  for (int i = 0; i < type.field_count(); ++i) {
    const pb::FieldDescriptor& field = *type.field(i);
    if (is_personal(field)) return true;
    if (field.message_type() != nullptr && holds_personal(*field.message_type(), seen)) return true;
  }
  return false;
}

bool holds_personal(const pb::Descriptor& type) {
  std::set<const pb::Descriptor*> seen;
  return holds_personal(type, seen);
}

Error cannot_seal(const pb::FieldDescriptor& field, const std::string& why) {
  return failed_precondition("personal fields within " + field.full_name() +
                             " cannot be sealed: " + why);
}

bool is_set(const pb::Message& message, const pb::FieldDescriptor& field) {
  const pb::Reflection& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.FieldSize(message, &field) > 0
                             : reflection.HasField(message, &field);
}

}  // namespace

Result<PersonalFields> PersonalFields::of(const pb::Descriptor& type) {
  PersonalFields personal;
  personal.type_ = &type;
  Types above;
  MT_TRY(personal.all_, find_in(type, above));
  if (!personal.empty()) MT_CHECK_OK(personal.find_subject(type));
  return personal;
}

Result<PersonalFields::Set> PersonalFields::find_in(const pb::Descriptor& type, Types& above) {
  Set set;
  above.push_back(&type);
  for (int i = 0; i < type.field_count(); ++i) {
    const pb::FieldDescriptor& field = *type.field(i);
    if (is_personal(field)) {
      set.fields.push_back(&field);
      continue;
    }
    const pb::Descriptor* inner = field.message_type();
    if (inner == nullptr || !holds_personal(*inner)) continue;
    if (field.is_repeated()) {
      return cannot_seal(field, "it is repeated; mark the whole of it as personal");
    }
    if (std::ranges::find(above, inner) != above.end()) {
      return cannot_seal(field, "its message holds itself; mark the whole of it as personal");
    }
    MT_TRY(Set within, find_in(*inner, above));
    if (!within.empty()) set.within.push_back({&field, std::move(within)});
  }
  above.pop_back();
  return set;
}

Result<void> PersonalFields::find_subject(const pb::Descriptor& type) {
  if (!type.options().HasExtension(api::v1::subject)) return {};
  const api::v1::Subject& subject = type.options().GetExtension(api::v1::subject);
  const std::string option = "option subject of " + type.full_name();
  const pb::FieldDescriptor* field = type.FindFieldByName(subject.field());
  if (field == nullptr || field->is_repeated() ||
      field->type() != pb::FieldDescriptor::TYPE_STRING) {
    return failed_precondition(option + ": '" + subject.field() +
                               "' is no field of it that holds one string");
  }
  if (is_personal(*field)) {
    return failed_precondition(option + ": '" + subject.field() +
                               "' is personal itself, so that nobody could read whose it is");
  }
  if (subject.category().empty()) {
    return failed_precondition(option + " names no category, the subject's entity's");
  }
  subject_field_ = field;
  subject_category_ = subject.category();
  return {};
}

std::string PersonalFields::subject_of(const pb::Message& message, const StreamId& stream) const {
  if (subject_field_ == nullptr) return to_string(stream);
  const std::string id = message.GetReflection()->GetString(message, subject_field_);
  return id.empty() ? id : to_string(StreamId{subject_category_, id});
}

std::string PersonalFields::take_from(pb::Message& message) const {
  const std::unique_ptr<pb::Message> apart(message.New());
  return move(all_, message, *apart) ? apart->SerializeAsString() : std::string();
}

// True when there was something to move.
bool PersonalFields::move(const Set& set, pb::Message& from, pb::Message& to) {
  const pb::Reflection& reflection = *from.GetReflection();
  bool moved = false;
  for (const pb::FieldDescriptor* field : set.fields) {
    if (!is_set(from, *field)) continue;
    reflection.SwapFields(&from, &to, {field});
    moved = true;
  }
  for (const Within& inner : set.within) {
    if (!is_set(from, *inner.field)) continue;
    pb::Message& rest = *reflection.MutableMessage(&from, inner.field);
    const std::unique_ptr<pb::Message> apart(rest.New());
    if (!move(inner.set, rest, *apart)) continue;
    reflection.MutableMessage(&to, inner.field)->CopyFrom(*apart);
    moved = true;
  }
  return moved;
}

}  // namespace mt
