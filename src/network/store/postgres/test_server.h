#pragma once

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <pwd.h>
#include <spawn.h>
#include <string>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <sys/wait.h>

#include "network/store/postgres/connection.h"
#include "network/store/postgres/migrations.h"

// For tests and benchmarks only.
namespace zkp::network::store::postgres {

// A PostgreSQL server of this program's own, in a scratch folder, which listens on a socket in that
// folder and nowhere else. It ends with the program, however that ends, and leaves nothing: a shell
// that holds the other end of a pipe sees to it.
class TestServer {
 public:
  struct Options {
    bool fsync = false;  // quick: nothing here outlives the machine anyway
  };

  // unavailable if there is no server program on this machine.
  static base::Result<std::unique_ptr<TestServer>> start(Options options) {
    const std::filesystem::path programs = find_programs();
    if (programs.empty()) {
      return base::Error{base::ErrorCode::unavailable,
                         "no PostgreSQL server: neither pg_config --bindir nor "
                         "/usr/lib/postgresql/*/bin has initdb"};
    }
    std::string name = (std::filesystem::temp_directory_path() / "zkp_pg_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) return failed("cannot make a folder", name);
    std::unique_ptr<TestServer> server(new TestServer(programs, name));
    if (!server->watch()) return failed("cannot start a shell", name);
    std::ofstream(server->folder_ / "settings") << settings(options, name);
    const bool started = server->shell(
                             "chmod 711 \"$FOLDER\"; mkdir \"$FOLDER/data\"; "
                             "[ -z \"$AS\" ] || chown \"$OWNER\" \"$FOLDER\" \"$FOLDER/data\"; "
                             "$AS \"$BIN/initdb\" -D \"$FOLDER/data\" -A trust -U zkp_user -E UTF8 "
                             "--locale=C --no-sync && cat \"$FOLDER/settings\" >>"
                             "\"$FOLDER/data/postgresql.conf\"") &&
                         server->start_again();
    if (!started) return failed("initdb or pg_ctl failed", content_of(server->log()));
    return server;
  }
  ~TestServer() {
    ::close(pipe_);
    int state = 0;
    if (watcher_ > 0) ::waitpid(watcher_, &state, 0);
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  // As if the machine had failed: nothing in memory is saved, clients are cut off.
  bool crash() { return shell("$AS \"$BIN/pg_ctl\" stop -D \"$FOLDER/data\" -m immediate"); }
  bool start_again() {
    return shell(
        "$AS \"$BIN/pg_ctl\" start -w -t 60 -D \"$FOLDER/data\" -l \"$FOLDER/data/server.log\"");
  }

  [[nodiscard]] PostgresOptions options(const std::string& database) const {
    PostgresOptions options;
    options.connection = fmt::format("host={} user=zkp_user dbname={}", folder_.string(), database);
    return options;
  }
  // A new database with the present schema; its name. Of earlier ones only a few are kept.
  std::string make_database() {
    const std::string name = fmt::format("zkp_{}", ++databases_);
    const auto administrator = Connection::open(options("postgres")).value();
    const auto run = [&](const std::string& sql) {
      ZKP_ASSERT(administrator->script(sql.c_str(), std::chrono::seconds(60)).ok());
    };
    if (databases_ == 1) {
      run("CREATE DATABASE zkp_template");
      ZKP_ASSERT(migrate(*Connection::open(options("zkp_template")).value()).ok());
    }
    run(fmt::format("CREATE DATABASE {} TEMPLATE zkp_template", name));
    if (databases_ > kKept) {
      run(fmt::format("DROP DATABASE IF EXISTS zkp_{} WITH (FORCE)", databases_ - kKept));
    }
    return name;
  }
  // A new database without any tables.
  std::string make_empty_database() {
    const std::string name = fmt::format("zkp_empty_{}", ++databases_);
    const auto administrator = Connection::open(options("postgres")).value();
    const std::string sql = "CREATE DATABASE " + name;
    ZKP_ASSERT(administrator->script(sql.c_str(), std::chrono::seconds(60)).ok());
    return name;
  }

 private:
  static constexpr int kKept = 4;

  TestServer(std::filesystem::path programs, std::filesystem::path folder)
      : programs_(std::move(programs)), folder_(std::move(folder)) {}

  static base::Error failed(const char* what, const std::string& detail) {
    return {base::ErrorCode::internal, fmt::format("test server: {}: {}", what, detail)};
  }
  static std::string content_of(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  [[nodiscard]] std::filesystem::path log() const { return folder_ / "output"; }

  static std::string settings(const Options& options, const std::string& folder) {
    return fmt::format(
        "listen_addresses = ''\nunix_socket_directories = '{}'\nmax_connections = 200\n"
        "shared_buffers = 32MB\nfsync = {}\n",
        folder, options.fsync ? "on" : "off");
  }

  // The newest version's folder of server programs; empty if there is none.
  static std::filesystem::path find_programs() {
    std::vector<std::filesystem::path> found;
    if (std::FILE* output = ::popen("pg_config --bindir 2>/dev/null", "r")) {
      std::string line(4096, '\0');
      line.resize(std::fread(line.data(), 1, line.size(), output));
      ::pclose(output);
      while (line.ends_with('\n')) line.pop_back();
      if (!line.empty()) found.emplace_back(line);
    }
    std::error_code none;
    for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
      found.push_back(version.path() / "bin");
    }
    std::erase_if(found, [](const auto& bin) { return !std::filesystem::exists(bin / "initdb"); });
    const auto newest = std::ranges::max_element(
        found, {}, [](const auto& bin) { return std::atoi(bin.parent_path().filename().c_str()); });
    return newest == found.end() ? std::filesystem::path() : *newest;
  }

  // A command with BIN, FOLDER and, since the server refuses root, AS and OWNER: another user.
  [[nodiscard]] std::string script(const std::string& command) const {
    std::string as;
    uid_t owner = ::geteuid();
    if (owner == 0) {
      const ::passwd* user = ::getpwnam("postgres");
      if (user == nullptr) user = ::getpwnam("nobody");
      ZKP_ASSERT(user != nullptr);
      owner = user->pw_uid;
      as = fmt::format("setpriv --reuid={} --regid={} --clear-groups --", owner, user->pw_gid);
    }
    return fmt::format("BIN='{}'; FOLDER='{}'; AS='{}'; OWNER={}; {}", programs_.string(),
                       folder_.string(), as, owner, command);
  }
  // Another process with this as its standard input and a file as its output; its id, or 0.
  [[nodiscard]] pid_t spawn(const std::string& command, int input) const {
    const std::string text = script(command);
    std::string shell = "sh", option = "-c", argument = text;
    char* const arguments[] = {shell.data(), option.data(), argument.data(), nullptr};
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, input, 0);
    ::posix_spawn_file_actions_addopen(&actions, 1, log().c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                       0600);
    ::posix_spawn_file_actions_adddup2(&actions, 1, 2);
    pid_t id = 0;
    const int error = ::posix_spawn(&id, "/bin/sh", &actions, nullptr, arguments, environ);
    ::posix_spawn_file_actions_destroy(&actions);
    return error == 0 ? id : 0;
  }
  [[nodiscard]] bool shell(const std::string& command) const {
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    const pid_t id = spawn(command, nothing);
    ::close(nothing);
    int state = -1;
    return id > 0 && ::waitpid(id, &state, 0) == id && state == 0;
  }
  // The shell that ends the server and removes the folder once nobody holds the pipe any more.
  bool watch() {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    watcher_ = spawn(
        "trap '' INT TERM HUP; read -r line; "
        "$AS \"$BIN/pg_ctl\" stop -D \"$FOLDER/data\" -m immediate; "
        "rm -rf \"$FOLDER\"",
        ends[0]);
    ::close(ends[0]);
    pipe_ = ends[1];
    return watcher_ > 0;
  }

  std::filesystem::path programs_, folder_;
  int pipe_ = -1;
  pid_t watcher_ = 0;
  int databases_ = 0;
};

}  // namespace zkp::network::store::postgres
