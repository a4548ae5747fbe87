// The world's cities come in while people watch them: whoever watches ends with exactly the rows of
// the plain query, whoever does not read costs nobody anything.
#include <google/protobuf/util/json_util.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <stop_token>
#include <string>
#include <vector>

#include "tests/fixture/built.h"
#include "tests/fixture/live_client.h"
#include "tests/scenario/city_import.h"
#include "tests/scenario/container.h"

namespace mt::test {
namespace {

namespace ts = sys::timespace::v1;

constexpr std::size_t kWatchers = 64;
constexpr char kWatch[] = "sys.timespace.v1.PlaceService/Watch";
constexpr std::chrono::minutes kLong{10};

using PlaceClient = LiveClient<ts::Place>;

// Every letter, and what a name may begin with behind the commonest of them.
std::vector<std::string> prefixes() {
  std::vector<std::string> all;
  for (char c = 'a'; c <= 'z'; ++c) all.emplace_back(1, c);
  for (const char* first : {"s", "m", "b"}) {
    for (char c = 'a'; c <= 'z' && all.size() < kWatchers; ++c)
      all.push_back(first + std::string(1, c));
  }
  return all;
}

ts::WatchPlacesRequest request_for(const std::string& prefix, const std::string& resume) {
  ts::WatchPlacesRequest request;
  request.set_name_prefix(prefix);
  request.set_resume(resume);
  return request;
}

// Somebody who watches until they are told to leave, and goes on from where they were when they
// lose the connection.
class Watcher {
 public:
  Watcher(const std::string& server, std::string prefix)
      : prefix_(std::move(prefix)), client_(Client::connect(server)) {
    done_ = std::async(std::launch::async, [this] { run(); });
  }

  void leave() { leave_.request_stop(); }
  // Until it is caught up at that position.
  void wait_for(std::uint64_t position) {
    std::unique_lock lock(mutex_);
    const bool reached = changed_.wait_for(
        lock, kLong, [&] { return seen_.is_caught_up && seen_.position >= position; });
    EXPECT_TRUE(reached) << prefix_ << " is at " << seen_.position << " of " << position;
  }
  const PlaceClient& end() {
    leave();
    done_.get();
    return seen_;
  }
  const std::string& prefix() const { return prefix_; }

 private:
  void run() {
    // Of 64 connections that are made at once one may be refused at first; it is tried again.
    const auto connected = client_.wait_until_connected(kLong);
    EXPECT_TRUE(connected) << prefix_ << ": " << connected.error().message;
    while (!leave_.stop_requested()) {
      CallOptions options;
      options.stop = leave_.get_token();
      const auto ended = client_.watch<ts::WatchPlacesResponse>(
          kWatch, request_for(prefix_, seen_.resume),
          [this](const ts::WatchPlacesResponse& response) {
            const std::lock_guard lock(mutex_);
            seen_.take(response.live(), response.places());
            changed_.notify_all();
            return true;
          },
          options);
      EXPECT_TRUE(leave_.stop_requested()) << prefix_ << ": " << ended.error().message;
    }
  }

  const std::string prefix_;
  const Client client_;
  std::stop_source leave_;
  std::mutex mutex_;
  std::condition_variable changed_;
  PlaceClient seen_;
  std::future<void> done_;
};

// A client that asks and then takes nothing until it is told to.
class SlowWatcher {
 public:
  SlowWatcher(const std::string& server, const std::string& prefix) {
    // Whatever gRPC would read ahead for it is little.
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    stub_ = std::make_unique<grpc::GenericStub>(
        grpc::CreateCustomChannel(server, grpc::InsecureChannelCredentials(), arguments));
    call_ = stub_->PrepareCall(&context_, "/" + std::string(kWatch), &queue_);
    call_->StartCall(nullptr);
    next();
    grpc::Slice slice(request_for(prefix, "").SerializeAsString());
    call_->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
    next();
  }
  ~SlowWatcher() {
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) continue;
  }

  // Takes what waits, up to where the server ends the stream or the client is caught up there.
  grpc::Status read_up_to(std::uint64_t position) {
    grpc::ByteBuffer buffer;
    for (call_->Read(&buffer, nullptr); next(); call_->Read(&buffer, nullptr)) {
      take(buffer);
      if (client_.is_caught_up && client_.position >= position) context_.TryCancel();
    }
    grpc::Status status;
    call_->Finish(&status, nullptr);
    next();
    return status;
  }
  const PlaceClient& client() const { return client_; }

 private:
  bool next() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }
  void take(grpc::ByteBuffer& buffer) {
    grpc::Slice slice;
    EXPECT_TRUE(buffer.DumpToSingleSlice(&slice).ok());
    ts::WatchPlacesResponse response;
    EXPECT_TRUE(response.ParseFromArray(slice.begin(), static_cast<int>(slice.size())));
    client_.take(response.live(), response.places());
  }

  std::unique_ptr<grpc::GenericStub> stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  PlaceClient client_;
};

std::map<std::string, std::string> plain_query(const Client& client, const std::string& prefix) {
  std::map<std::string, std::string> rows;
  ts::FindPlacesRequest request;
  request.set_name_prefix(prefix);
  request.set_page_size(1000);
  do {
    const auto page =
        client.call<ts::FindPlacesResponse>("sys.timespace.v1.PlaceService/Find", request);
    if (!page) {
      ADD_FAILURE() << page.error().message;
      return {};
    }
    for (const ts::Place& place : page->places())
      rows[place.place_id()] = place.SerializeAsString();
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return rows;
}

std::map<std::string, std::string> bytes_of(const PlaceClient& client) {
  std::map<std::string, std::string> rows;
  for (const auto& [key, place] : client.rows) rows[key] = place.SerializeAsString();
  return rows;
}

// The position of the last city that was acknowledged.
std::uint64_t last_of(const CityImport& import) {
  std::uint64_t last = 0;
  for (const auto& [id, position] : import.acknowledged()) last = std::max(last, position);
  return last;
}

// A client that takes nothing is told so, or to begin anew; what it then loads is what there is.
void expect_slow_one_was_told(SlowWatcher& slow, const Client& client, const std::string& prefix,
                              std::uint64_t head) {
  const grpc::Status ended = slow.read_up_to(head);
  const bool was_ended = ended.error_code() == grpc::RESOURCE_EXHAUSTED;
  // What is kept for those who read slowly holds the changes of fewer cities.
  const bool fell_behind = kAllCities > 100'000;
  EXPECT_TRUE(!fell_behind || was_ended || slow.client().resets > 1) << ended.error_message();
  if (!was_ended) {
    EXPECT_EQ(bytes_of(slow.client()), plain_query(client, prefix));
  }
}

TEST(LiveQueries, SixtyFourWatchersOfAnImportEndWithTheRowsOfThePlainQuery) {
  Container container({.config = "calls: {watches: 80}\n"});
  const Client client = Client::connect("unix:" + container.socket().string());
  std::vector<std::unique_ptr<Watcher>> watchers;
  for (const std::string& prefix : prefixes()) {
    watchers.push_back(std::make_unique<Watcher>(container.server(), prefix));
  }
  ASSERT_EQ(watchers.size(), kWatchers);
  const std::string broad = "s";
  SlowWatcher slow(container.server(), broad);

  CityImport import(first_cities(kAllCities));
  import.run(client, kAllCities);
  import.settle();
  ASSERT_EQ(import.refusal(), "");
  ASSERT_TRUE(import.is_complete());

  std::size_t rows = 0;
  const std::uint64_t head = last_of(import);
  for (const auto& watcher : watchers) {
    watcher->wait_for(head);
    const PlaceClient& seen = watcher->end();
    rows += seen.rows.size();
    EXPECT_EQ(bytes_of(seen), plain_query(client, watcher->prefix())) << watcher->prefix();
  }
  EXPECT_GT(rows, kAllCities / 2);
  expect_slow_one_was_told(slow, client, broad, head);
  container.stop();
}

TEST(LiveQueries, AWatcherGoesOnAfterTheServerWasKilled) {
  constexpr int kRounds = 10;
  Container container;
  const std::string prefix = "b";
  PlaceClient seen;
  CityImport import(first_cities(kRounds * 1'000));
  for (int round = 0; round < kRounds; ++round) {
    const Client client = Client::connect("unix:" + container.socket().string());
    import.run(client, 1'000);
    const std::uint64_t head = last_of(import);
    const auto ended = client.watch<ts::WatchPlacesResponse>(
        kWatch, request_for(prefix, seen.resume), [&](const ts::WatchPlacesResponse& response) {
          seen.take(response.live(), response.places());
          return !seen.is_caught_up || seen.position < head;
        });
    EXPECT_TRUE(ended) << ended.error().message;
    container.kill();
    import.settle();
    container.start();
  }
  const Client client = Client::connect("unix:" + container.socket().string());
  const auto ended = client.watch<ts::WatchPlacesResponse>(
      kWatch, request_for(prefix, seen.resume), [&](const ts::WatchPlacesResponse& response) {
        seen.take(response.live(), response.places());
        return !seen.is_caught_up;
      });
  EXPECT_TRUE(ended) << ended.error().message;
  EXPECT_EQ(bytes_of(seen), plain_query(client, prefix));
  container.stop();
}

TEST(LiveQueries, WatchersOfATableThatIsRebuiltAmidAnImportEndWithItsRows) {
  constexpr std::size_t kCities = 10'000;
  Container container;
  const Client client = Client::connect("unix:" + container.socket().string());
  std::vector<std::unique_ptr<Watcher>> watchers;
  for (const char* prefix : {"a", "b", "sa", "m", "z"}) {
    watchers.push_back(std::make_unique<Watcher>(container.server(), prefix));
  }
  CityImport import(first_cities(kCities));
  import.run(client, kCities / 2);
  for (const auto& watcher : watchers) watcher->wait_for(last_of(import));
  const Finished rebuilt = container.mtctl({"projection", "rebuild", "sys_timespace_places"});
  EXPECT_EQ(rebuilt.exit_code, 0) << rebuilt.err;
  import.run(client, kCities);
  import.settle();
  ASSERT_TRUE(import.is_complete()) << import.refusal();
  for (const auto& watcher : watchers) {
    watcher->wait_for(last_of(import));
    const PlaceClient& seen = watcher->end();
    EXPECT_GE(seen.resets, 2u) << watcher->prefix() << " was not told of the rebuild";
    EXPECT_EQ(bytes_of(seen), plain_query(client, watcher->prefix())) << watcher->prefix();
  }
  container.stop();
}

// What mtctl shows of a live query, a message a line, until it is caught up.
std::vector<ts::WatchPlacesResponse> shown_by_mtctl(const Container& container,
                                                    const std::string& request) {
  Process mtctl({program("mtctl"),
                 {"--data", container.data().string(), "-o", "ndjson", "call", kWatch, request}});
  mtctl.wait_for_line(R"({"live":{)");
  std::vector<ts::WatchPlacesResponse> messages;
  std::istringstream lines(mtctl.out());
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(line, &messages.emplace_back()).ok())
        << line;
  }
  mtctl.signal(SIGINT);
  mtctl.wait();
  return messages;
}

TEST(LiveQueries, MtctlShowsOneMessageALineAndGoesOnFromAToken) {
  constexpr std::size_t kCities = 200;
  Container container;
  const Client client = Client::connect("unix:" + container.socket().string());
  CityImport import(first_cities(kCities));
  import.run(client, kCities);
  import.settle();
  const auto first = shown_by_mtctl(container, R"({"name_prefix":"s"})");
  ASSERT_FALSE(first.empty());
  EXPECT_TRUE(first.front().live().reset());
  EXPECT_TRUE(first.front().live().caught_up());
  EXPECT_EQ(static_cast<std::size_t>(first.front().places_size()), plain_query(client, "s").size());
  const auto again = shown_by_mtctl(
      container, R"({"name_prefix":"s","resume":")" + first.front().live().resume() + "\"}");
  ASSERT_FALSE(again.empty());
  EXPECT_FALSE(again.front().live().reset()) << "nothing has changed since";
  EXPECT_EQ(again.front().places_size(), 0);
  container.stop();
}

TEST(LiveQueries, AStopTellsWatchersThatItStops) {
  Container container;
  const Client client = Client::connect(container.server());
  std::atomic<bool> began = false;
  auto ended = std::async(std::launch::async, [&] {
    return client.watch<ts::WatchPlacesResponse>(kWatch, request_for("a", ""),
                                                 [&](const ts::WatchPlacesResponse&) {
                                                   began = true;
                                                   began.notify_all();
                                                   return true;
                                                 });
  });
  began.wait(false);
  container.stop();
  const Result<void> outcome = ended.get();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::kUnavailable);
}

}  // namespace
}  // namespace mt::test
