#pragma once

#include "network/http/message.h"

namespace zkp::network::http {

// Which handler serves which path. Built once, then only read: any thread.
//
// A pattern is a path whose segments may be parameters: "/api/v1/proof/{id}/events". Where several
// patterns match, the one whose earliest segments are literal wins.
class Router {
 public:
  struct Route {
    std::string method, pattern;
    Handler handler;                    // either this
    StreamedHandler streamed;           // or this
    std::uint64_t most_body_bytes = 0;  // of a streamed route; others have the server's limit
    std::vector<std::string> segments;  // of the pattern
  };

  // REQUIRES: not there yet.
  void add(std::string method, std::string pattern, Handler handler);
  // A route whose body is never whole in memory; of more than `most_body_bytes` it is refused.
  void add_streamed(std::string method, std::string pattern, std::uint64_t most_body_bytes,
                    StreamedHandler handler);

  struct Found {
    const Route* route = nullptr;  // valid as long as the router is
    std::map<std::string, std::string, std::less<>> parameters;
    std::string allow;  // if the path exists, but not for this method: the value of Allow
  };
  // HEAD finds the route of GET. invalid_argument if the path's escapes are not complete.
  [[nodiscard]] base::Result<Found> find(std::string_view method, std::string_view path) const;

  [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }

 private:
  void add(Route route);

  std::vector<Route> routes_;
};

}  // namespace zkp::network::http
