#include "network/http/router.h"

#include <algorithm>

namespace zkp::network::http {
namespace {

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  if (!path.starts_with('/')) return segments;
  path.remove_prefix(1);
  while (true) {
    const std::size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  return std::equal(pattern.begin(), pattern.end(), path.begin(), path.end(),
                    [](const std::string& wanted, const std::string& segment) {
                      return is_parameter(wanted) ? !segment.empty() : wanted == segment;
                    });
}

// True if `a` is literal at the first segment at which only one of them is.
bool more_literal(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](const std::string& left, const std::string& right) {
                                        return !is_parameter(left) && is_parameter(right);
                                      });
}

}  // namespace

void Router::add(std::string method, std::string pattern, Handler handler) {
  Route route{.method = std::move(method), .pattern = std::move(pattern)};
  route.handler = std::move(handler);
  add(std::move(route));
}

void Router::add_streamed(std::string method, std::string pattern, std::uint64_t most_body_bytes,
                          StreamedHandler handler) {
  Route route{.method = std::move(method), .pattern = std::move(pattern)};
  route.streamed = std::move(handler);
  route.most_body_bytes = most_body_bytes;
  add(std::move(route));
}

void Router::add(Route added) {
  for (const Route& route : routes_) {
    ZKP_ASSERT(route.method != added.method || route.pattern != added.pattern);
  }
  for (const std::string_view segment : split(added.pattern)) added.segments.emplace_back(segment);
  routes_.push_back(std::move(added));
}

base::Result<Router::Found> Router::find(std::string_view method, std::string_view path) const {
  std::vector<std::string> segments;
  for (const std::string_view segment : split(path)) {
    ZKP_TRY(auto decoded, percent_decoded(segment));
    segments.push_back(std::move(decoded));
  }
  const Route* best = nullptr;
  for (const Route& route : routes_) {
    if (!matches(route.segments, segments)) continue;
    if (best == nullptr || more_literal(route.segments, best->segments)) best = &route;
  }
  Found found;
  if (best == nullptr) return found;

  for (const Route& route : routes_) {
    if (route.pattern != best->pattern) continue;
    if (route.method == method || (method == "HEAD" && route.method == "GET")) {
      found.route = &route;
      break;
    }
    if (!found.allow.empty()) found.allow += ", ";
    found.allow += route.method == "GET" ? "GET, HEAD" : route.method;
  }
  if (found.route == nullptr) return found;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::string& name = found.route->segments[i];
    if (is_parameter(name)) found.parameters[name.substr(1, name.size() - 2)] = segments[i];
  }
  return found;
}

}  // namespace zkp::network::http
