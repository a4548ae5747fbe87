#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/fixture/echo_edge.h"
#include "tests/fixture/temp_folder.h"

namespace mt::tests::bus {
namespace {

using testing::HasSubstr;

// A dispatcher whose method Ask answers with who calls.
struct Given {
  Given() {
    EXPECT_TRUE(dispatcher.add(
        unary_method("Ask", [](std::shared_ptr<const CallContext> context, auto, Respond respond) {
          Answer answer;
          answer.set_text(context->origin.actor);
          respond(Reply{std::make_shared<const Answer>(std::move(answer)), {}, {}, {}});
        })));
    dispatcher.start();
  }
  Result<void> listen(std::vector<std::string> addresses, std::string unix_socket = "") {
    GrpcSettings settings;
    settings.listen = std::move(addresses);
    settings.unix_socket = std::move(unix_socket);
    edge = std::make_unique<GrpcEdge>(dispatcher, std::move(settings));
    return edge->start();
  }
  static std::string caller_at(const std::string& target, const std::string& authorization = "") {
    GenericCall call(connect(target), echo_name("Ask"));
    if (!authorization.empty()) call.context().AddMetadata("authorization", authorization);
    const auto reply = finish_unary(call, "");
    Answer answer;
    if (!reply.status.ok()) return reply.status.error_message();
    return answer.ParseFromString(reply.bytes) ? answer.text() : "garbage";
  }

  Dispatcher dispatcher{DispatcherLimits()};
  std::unique_ptr<GrpcEdge> edge;
  test::TempFolder folder;
  const std::string socket_path = (folder.path() / "s").string();
};

TEST(Listening, ServesEveryAddressAndSaysWhere) {
  Given given;
  ASSERT_TRUE(given.listen({"127.0.0.1:0", "127.0.0.2:0"}, given.socket_path));
  const auto where = given.edge->listening();
  ASSERT_EQ(where.size(), 3u);
  EXPECT_THAT(where[0], testing::MatchesRegex("127\\.0\\.0\\.1:[1-9][0-9]*"));
  EXPECT_THAT(where[1], testing::MatchesRegex("127\\.0\\.0\\.2:[1-9][0-9]*"));
  EXPECT_EQ(where[2], "unix:" + given.socket_path);
  EXPECT_EQ(Given::caller_at(where[0]), "anonymous");
  EXPECT_EQ(Given::caller_at(where[1]), "anonymous");
  EXPECT_EQ(Given::caller_at(where[2]), "operator");
}

TEST(Listening, NamesAnAddressThatIsNone) {
  for (const char* address : {"", "localhost", ":7440", "127.0.0.1:", "127.0.0.1:x",
                              "127.0.0.1:70000", "127.0.0.1:-1", "127.0.0.1:7440x"}) {
    Given given;
    const auto started = given.listen({address});
    ASSERT_FALSE(started) << address;
    EXPECT_EQ(started.error().code, Code::kInvalidArgument) << address;
    EXPECT_THAT(started.error().message, HasSubstr("'" + std::string(address) + "'"));
  }
}

TEST(Listening, SaysWhyAnAddressCannotBeHad) {
  Given first, second;
  ASSERT_TRUE(first.listen({"127.0.0.1:0"}));
  const std::string taken = first.edge->listening()[0];
  const auto in_use = second.listen({"127.0.0.1:0", taken});
  ASSERT_FALSE(in_use);
  EXPECT_EQ(in_use.error().code, Code::kUnavailable);
  EXPECT_EQ(in_use.error().message, "cannot listen on " + taken + ": Address already in use");
  EXPECT_EQ(Given::caller_at(taken), "anonymous");  // the first goes on

  const auto foreign = second.listen({"192.0.2.1:7440"});
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().message,
            "cannot listen on 192.0.2.1:7440: Cannot assign requested address");
  const auto unknown = second.listen({"no.such.host.invalid:7440"});
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().message, HasSubstr("cannot listen on no.such.host.invalid:7440: "));
}

TEST(UnixSocket, IsForItsOwnerAlone) {
  Given given;
  const mode_t before = umask(0);
  ASSERT_TRUE(given.listen({}, given.socket_path));
  EXPECT_EQ(umask(before), 0u);  // as it was
  struct stat file {};
  ASSERT_EQ(lstat(given.socket_path.c_str(), &file), 0);
  EXPECT_TRUE(S_ISSOCK(file.st_mode));
  EXPECT_EQ(file.st_mode & 07777, 0600u);
}

TEST(UnixSocket, TakesItsCallerForTheOperatorUnlessATokenSaysOtherwise) {
  Given given;
  ASSERT_TRUE(given.listen({}, given.socket_path));
  EXPECT_EQ(Given::caller_at("unix:" + given.socket_path), "operator");
  EXPECT_EQ(Given::caller_at("unix:" + given.socket_path, "Bearer x"),
            "this server takes no tokens; call without one");
}

TEST(UnixSocket, IsGoneAfterTheStop) {
  Given given;
  ASSERT_TRUE(given.listen({}, given.socket_path));
  given.edge->stop();
  EXPECT_FALSE(std::filesystem::exists(given.socket_path));
  EXPECT_TRUE(given.listen({}, given.socket_path));
}

TEST(UnixSocket, TakesThePlaceOfOneThatAKilledProcessLeft) {
  Given given;
  const int left_over = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  given.socket_path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(bind(left_over, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  close(left_over);
  ASSERT_TRUE(given.listen({}, given.socket_path));
  EXPECT_EQ(Given::caller_at("unix:" + given.socket_path), "operator");
}

TEST(UnixSocket, LeavesALiveOneAlone) {
  Given first, second;
  ASSERT_TRUE(first.listen({}, first.socket_path));
  const auto started = second.listen({}, first.socket_path);
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Code::kUnavailable);
  EXPECT_EQ(started.error().message,
            "unix socket " + first.socket_path + ": another process listens on it");
  EXPECT_EQ(Given::caller_at("unix:" + first.socket_path), "operator");
}

TEST(UnixSocket, RefusesAPathThatCannotBeASocket) {
  Given given;
  std::ofstream(given.socket_path) << "precious";
  const auto file = given.listen({}, given.socket_path);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, Code::kInvalidArgument);
  EXPECT_THAT(file.error().message, HasSubstr("a file that is no socket is in its place"));
  EXPECT_TRUE(std::filesystem::is_regular_file(given.socket_path));

  const auto no_folder = given.listen({}, given.socket_path + "x/s");
  ASSERT_FALSE(no_folder);
  EXPECT_EQ(no_folder.error().code, Code::kUnavailable);
  EXPECT_THAT(no_folder.error().message, HasSubstr(given.socket_path + "x/s"));

  const auto too_long = given.listen({}, "/tmp/" + std::string(120, 'x'));
  ASSERT_FALSE(too_long);
  EXPECT_EQ(too_long.error().code, Code::kInvalidArgument);
  EXPECT_THAT(too_long.error().message, HasSubstr("125 bytes long, the system allows 107"));
}

}  // namespace
}  // namespace mt::tests::bus
