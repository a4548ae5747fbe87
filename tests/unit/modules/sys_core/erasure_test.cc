#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "modules/sys_core/module.h"
#include "sys/core/v1/erasure.pb.h"
#include "tests/fixture/persons.h"
#include "tests/fixture/test_node.h"

namespace mt::sys_core {
namespace {

namespace v1 = ::sys::core::v1;

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;

class ErasureServiceOf : public testing::Test {
 protected:
  ErasureServiceOf() { start(); }

  void start() {
    node.reset();
    std::vector<Module> modules;
    modules.push_back(sys_core());
    modules.push_back(persons_module());
    node = std::make_unique<TestNode>(storage, std::move(modules));
    node->must_start();
  }
  void move(const std::string& id) {
    ASSERT_TRUE(node->call(person_method("MovePerson"), move_to(id, id + "@example.org")));
  }
  Result<v1::EraseProgress> erase(const std::string& subject, CallAs as = {}) {
    v1::EraseSubjectRequest request;
    request.set_subject(subject);
    auto stream = std::make_shared<CollectingStream>();
    node->dispatcher().watch(
        TestNode::input_of("sys.core.v1.ErasureService/EraseSubject", std::move(as)),
        request.SerializeAsString(), stream);
    MT_CHECK_OK(stream->wait());
    v1::EraseProgress last;
    check(last.ParseFromString(stream->received().back()), "a message of the stream parses");
    return last;
  }
  v1::ListErasuresResponse list(const std::string& token = "") {
    v1::ListErasuresRequest request;
    request.set_page_size(2);
    request.set_page_token(token);
    return message_of<v1::ListErasuresResponse>(
        node->call("sys.core.v1.ErasureService/ListErasures", request));
  }

  NodeStorage storage;
  std::unique_ptr<TestNode> node;
};

TEST_F(ErasureServiceOf, GivesAReceiptAndKeepsIt) {
  move("ann");
  move("bob");
  const auto erased = erase("person/ann");
  ASSERT_TRUE(erased) << erased.error().message;
  EXPECT_TRUE(erased->done());
  EXPECT_FALSE(erased->repeated());
  const v1::ErasureReceipt& receipt = erased->receipt();
  EXPECT_EQ(receipt.subject(), "person/ann");
  ASSERT_EQ(receipt.events_size(), 1);
  EXPECT_EQ(receipt.events(0).module(), "test_people");
  EXPECT_THAT(receipt.events(0).positions(), ElementsAre(1));
  ASSERT_EQ(receipt.tables_size(), 1);
  EXPECT_EQ(receipt.tables(0).table(), "test_people_people");
  EXPECT_EQ(receipt.tables(0).hash().size(), 64u);
  EXPECT_EQ(receipt.hash().size(), 64u);
  for (int i = 0; i < 2; ++i, start()) {
    const auto again = erase("person/ann");
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->repeated());
    EXPECT_EQ(again->receipt().SerializeAsString(), receipt.SerializeAsString());
    ASSERT_EQ(list().receipts_size(), 1);
    EXPECT_EQ(list().receipts(0).hash(), receipt.hash());
  }
  EXPECT_EQ(storage.memory_log.head({"sys_core"}), Position{1}) << "one event tells of it";
}

TEST_F(ErasureServiceOf, FinishesWhatWasCutShort) {
  move("ann");
  ASSERT_TRUE(storage.keys->erase("person/ann", {}));
  start();
  const auto erased = erase("person/ann");
  ASSERT_TRUE(erased);
  EXPECT_FALSE(erased->repeated());
  EXPECT_THAT(erased->receipt().events(0).positions(), ElementsAre(1));
}

// The log tells of an erase that older keys, which were put back, know nothing of.
TEST_F(ErasureServiceOf, ErasesAgainAfterOlderKeysWerePutBack) {
  move("ann");
  ASSERT_TRUE(erase("person/ann"));
  node.reset();
  storage.keys.reset();
  MemoryKv older;
  storage.keys = SubjectKeys::open(older, storage.key_slots, storage.master_key).value();
  ASSERT_TRUE(storage.keys->use("person/ann"));
  ASSERT_TRUE(storage.keys->flush());
  start();
  const auto erased = erase("person/ann");
  ASSERT_TRUE(erased) << erased.error().message;
  EXPECT_FALSE(erased->repeated());
  EXPECT_EQ(list().receipts(0).hash(), erased->receipt().hash());
  node.reset();
  storage.keys.reset();
}

TEST_F(ErasureServiceOf, RefusesTheUnknownAndThoseWhoMayNot) {
  const auto unknown = erase("person/ann");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Code::kNotFound);
  EXPECT_THAT(unknown.error().message, HasSubstr("'person/ann'"));
  EXPECT_EQ(erase("").error().code, Code::kInvalidArgument);
  EXPECT_EQ(erase("person/ann", {.caller = Caller::anonymous()}).error().code,
            Code::kUnauthenticated);
  const Caller guest{Caller::Kind::kAccount, "1", {{api::v1::ROLE_ADMIN, "", ""}}};
  EXPECT_EQ(erase("person/ann", {.caller = guest}).error().code, Code::kPermissionDenied);
}

TEST_F(ErasureServiceOf, ListsReceiptsPageByPage) {
  for (const char* id : {"ann", "bob", "cid"}) {
    move(id);
    ASSERT_TRUE(erase("person/" + std::string(id)));
  }
  const auto first = list();
  ASSERT_EQ(first.receipts_size(), 2);
  EXPECT_EQ(first.receipts(1).subject(), "person/bob");
  const auto second = list(first.next_page_token());
  ASSERT_EQ(second.receipts_size(), 1);
  EXPECT_EQ(second.receipts(0).subject(), "person/cid");
  EXPECT_EQ(second.next_page_token(), "");
}

}  // namespace
}  // namespace mt::sys_core
