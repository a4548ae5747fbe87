// A live query from the dispatcher to the client: what an author binds in a line.
#include "actors/live_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fixture/collected_stream.h"
#include "tests/fixture/live_client.h"
#include "tests/fixture/notes.h"
#include "tests/fixture/test_node.h"

namespace mt::test {
namespace {

using testing::HasSubstr;

using Client = LiveClient<notes::NoteRow>;

std::vector<Module> one_module() {
  std::vector<Module> modules;
  modules.push_back(notes_module());
  return modules;
}

class LiveQueryTest : public testing::Test {
 protected:
  LiveQueryTest() { node_.must_start(); }

  void write(std::string id, std::string text) {
    message_of<notes::NoteReply>(
        node_.call(note_method("WriteNote"), write_note(std::move(id), std::move(text))));
  }
  void edit(std::string id, std::string text) {
    message_of<notes::NoteReply>(
        node_.call(note_method("EditNote"), edit_note(std::move(id), std::move(text))));
  }
  std::shared_ptr<tests::CollectedStream> watch(const std::string& prefix,
                                                const std::string& resume = "") {
    notes::WatchNotesRequest request;
    request.set_id_prefix(prefix);
    request.set_resume(resume);
    auto stream = std::make_shared<tests::CollectedStream>();
    node_.dispatcher().watch(TestNode::input_of(note_method("WatchNotes"), {}),
                             request.SerializeAsString(), stream);
    return stream;
  }
  // What the client knows once the note has that text.
  static Client client_that_knows(tests::CollectedStream& stream, const std::string& id,
                                  const std::string& text) {
    for (std::size_t messages = 1;; ++messages) {
      stream.wait_for_messages(messages);
      Client client = client_of(stream);
      const auto found = client.rows.find(id);
      if (client.is_caught_up && found != client.rows.end() && found->second.text() == text)
        return client;
    }
  }
  static Client client_of(const tests::CollectedStream& stream) {
    Client client;
    for (const std::string& bytes : stream.messages()) {
      notes::WatchNotesResponse response;
      EXPECT_TRUE(response.ParseFromString(bytes));
      client.take(response.live(), response.notes());
    }
    return client;
  }

  NodeStorage storage_;
  TestNode node_{storage_, one_module()};
};

TEST_F(LiveQueryTest, TellsTheResultAndThenWhatChanges) {
  write("apple", "red");
  write("pear", "green");
  const auto stream = watch("a");
  Client client = client_that_knows(*stream, "apple", "red");
  EXPECT_EQ(client.rows.size(), 1u);
  EXPECT_EQ(client.resets, 1u);
  EXPECT_EQ(client.position, 2u);
  write("plum", "blue");
  edit("apple", "yellow");
  write("apricot", "orange");
  client = client_that_knows(*stream, "apricot", "orange");
  EXPECT_EQ(client.rows.size(), 2u);
  EXPECT_EQ(client.rows["apple"].edits(), 1u);
  EXPECT_EQ(client.resets, 1u);
  EXPECT_EQ(client.position, 5u);
  stream->leave();
  EXPECT_TRUE(stream->wait_for_end());
}

TEST_F(LiveQueryTest, AnEmptyResultIsCaughtUpToo) {
  const auto stream = watch("x");
  stream->wait_for_messages(1);
  const Client client = client_of(*stream);
  EXPECT_TRUE(client.is_caught_up);
  EXPECT_EQ(client.resets, 1u);
  EXPECT_NE(client.resume, "");
  stream->leave();
}

TEST_F(LiveQueryTest, GoesOnFromWhereAClientWas) {
  write("apple", "red");
  write("apricot", "orange");
  const auto first = watch("a");
  const std::string resume = client_that_knows(*first, "apricot", "orange").resume;
  first->leave();
  EXPECT_TRUE(first->wait_for_end());
  edit("apple", "yellow");
  const auto second = watch("a", resume);
  const Client client = client_that_knows(*second, "apple", "yellow");
  EXPECT_EQ(client.resets, 0u);
  EXPECT_EQ(client.rows.size(), 1u) << "the other one is as it was";
  second->leave();
}

TEST_F(LiveQueryTest, TellsAResultOfSeveralPages) {
  for (std::uint32_t i = 0; i < kMaxPageSize + 5; ++i) {
    write("n" + std::to_string(100'000 + i), "x");
  }
  const auto stream = watch("n");
  const Client client =
      client_that_knows(*stream, "n" + std::to_string(100'000 + kMaxPageSize + 4), "x");
  EXPECT_EQ(client.rows.size(), kMaxPageSize + 5);
  EXPECT_EQ(client.messages, 2u);
  stream->leave();
}

TEST_F(LiveQueryTest, IsRefusedAsOtherCallsAre) {
  EXPECT_EQ(watch("NOT")->wait_for_end().error().code, Code::kInvalidArgument);
  EXPECT_EQ(watch("forbidden")->wait_for_end().error().code, Code::kPermissionDenied);
  const auto refused = watch("a", "tomorrow")->wait_for_end();
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("resume"));
}

TEST_F(LiveQueryTest, EndsWhenTheNodeStops) {
  const auto stream = watch("a");
  stream->wait_for_messages(1);
  node_.node().stop();
  const auto ended = stream->wait_for_end();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::kUnavailable);
}

TEST_F(LiveQueryTest, EndsWithTheFaultOfARead) {
  write("apple", "red");
  storage_.kv.set_fault(data_loss("table test_notes_notes is damaged"));
  const auto ended = watch("a")->wait_for_end();
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::kDataLoss);
  storage_.kv.set_fault(std::nullopt);
}

// ---- what is bound ----

std::string refusal_of(const std::string& method) {
  const auto* found = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
      "mt.tests.notes.BlindService." + method);
  const auto shape = LiveShape::of(*found, *notes::NoteRow::descriptor());
  return shape ? "" : shape.error().message;
}

TEST(LiveShape, NamesWhatAMessageLacks) {
  EXPECT_THAT(refusal_of("NoResume"),
              HasSubstr("FollowNotesRequest needs a field 'string resume'"));
  EXPECT_THAT(refusal_of("NoLive"), HasSubstr("NoteRow needs one field of mt.api.v1.Live"));
  EXPECT_THAT(refusal_of("Twice"), HasSubstr("needs one field 'repeated mt.tests.notes.NoteRow'"));
}

}  // namespace
}  // namespace mt::test
