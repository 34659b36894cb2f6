#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "prover/iden3/formats.h"

namespace zkp::prover::iden3 {
namespace {

using base::Error;
using base::ErrorCode;
using curve::Fq2;
using curve::G1Affine;
using curve::G2Affine;
using field::Fq;
using field::Fr;
using nlohmann::json;

constexpr int kDeepest = 4;  // vk_alphabeta_12: in the object, 2 of 3 of 2 texts
constexpr std::size_t kMostDetails = 16;

// Reads one document and notes every place that is wrong; a wrong value reads as zero. `name` opens
// the error's message.
class JsonReader {
 public:
  static base::Result<json> parse(std::string_view text, const char* name) {
    bool too_deep = false;
    const json::parser_callback_t stop_at_depth = [&](int depth, json::parse_event_t, json&) {
      too_deep |= depth > kDeepest;
      return !too_deep;
    };
    try {
      json document = json::parse(text, stop_at_depth);
      if (too_deep) {
        return Error{ErrorCode::invalid_argument,
                     fmt::format("{}: nested more than {} deep", name, kDeepest)};
      }
      return document;
    } catch (const json::parse_error& error) {
      return Error{ErrorCode::invalid_argument,
                   fmt::format("{}: not JSON: at byte {}", name, error.byte)};
    } catch (const json::out_of_range&) {
      return Error{ErrorCode::invalid_argument, fmt::format("{}: a number is out of range", name)};
    }
  }

  explicit JsonReader(const char* name) : name_(name) {}

  void wrong(std::string pointer, std::string detail) {
    ++wrong_count_;
    if (details_.size() < kMostDetails) details_.push_back({std::move(pointer), std::move(detail)});
  }

  // The member, or a null that has been noted.
  const json& member(const json& object, const char* key) {
    static const json kNull;
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (found != object.end()) return *found;
    wrong(fmt::format("/{}", key), "is missing");
    return kNull;
  }

  // True if `value` is a list of `size`, else noted.
  bool is_list(const json& value, const std::string& pointer, std::size_t size) {
    if (value.is_array() && value.size() == size) return true;
    if (value.is_array()) {
      wrong(pointer, fmt::format("has {} elements, want {}", value.size(), size));
    } else if (!value.is_null()) {  // a missing one has been noted
      wrong(pointer, fmt::format("want a list of {}", size));
    }
    return false;
  }

  template <class Field>
  Field element(const json& value, const std::string& pointer) {
    if (value.is_string()) {
      auto number = Field::from_decimal(value.get_ref<const std::string&>());
      if (number) return *number;
    }
    wrong(pointer, fmt::format("want decimal digits in a string, below the modulus of {}",
                               std::is_same_v<Field, Fr> ? "Fr" : "Fq"));
    return {};
  }

  void coordinate(const json& value, const std::string& pointer, Fq& out) {
    out = element<Fq>(value, pointer);
  }
  void coordinate(const json& value, const std::string& pointer, Fq2& out) {
    if (!is_list(value, pointer, 2)) return;
    out = {element<Fq>(value[0], pointer + "/0"), element<Fq>(value[1], pointer + "/1")};
  }

  // (x, y, 1), or (0, 1, 0) for infinity. Not checked to be on the curve.
  template <class Point>
  Point point(const json& value, const std::string& pointer) {
    if (!is_list(value, pointer, 3)) return {};
    Point point;
    typename Point::Coordinate z;
    const std::size_t known = wrong_count_;
    coordinate(value[0], pointer + "/0", point.x);
    coordinate(value[1], pointer + "/1", point.y);
    coordinate(value[2], pointer + "/2", z);
    if (wrong_count_ != known) return {};
    const auto one = Point::Coordinate::one();
    if (z.is_zero() && point.x.is_zero() && point.y == one) return Point::infinity();
    if (z != one || point.is_infinity()) {
      wrong(pointer, "want x, y, 1 for a point or 0, 1, 0 for infinity");
    }
    return point;
  }
  template <class Point>
  Point point_of_group(const json& value, const std::string& pointer) {
    const std::size_t known = wrong_count_;
    const Point result = point<Point>(value, pointer);
    if (wrong_count_ == known && !value.is_null() && !curve::is_in_subgroup(result)) {
      wrong(pointer, "is not a point of its group");
    }
    return result;
  }

  // "curve" may be left out, as some provers do. Case and punctuation do not count, as in snarkjs.
  void check_scheme(const json& document) {
    if (const json& protocol = member(document, "protocol");
        !protocol.is_null() && protocol != "groth16") {
      wrong("/protocol", "want \"groth16\"");
    }
    if (!document.is_object() || !document.contains("curve")) return;
    std::string name = document["curve"].is_string() ? document["curve"].get<std::string>() : "";
    std::erase_if(name, [](unsigned char letter) { return std::isalnum(letter) == 0; });
    std::ranges::transform(name, name.begin(), [](unsigned char letter) {
      return static_cast<char>(std::toupper(letter));
    });
    if (name != "BN128" && name != "BN254" && name != "ALTBN128") {
      wrong("/curve", "want \"bn128\" or \"bn254\"");
    }
  }

  [[nodiscard]] base::Status finish() && {
    if (wrong_count_ == 0) return {};
    return Error{
        ErrorCode::invalid_argument,
        fmt::format("{}: {}: {}{}", name_, details_[0].pointer, details_[0].detail,
                    wrong_count_ > 1 ? fmt::format(", and {} more are wrong", wrong_count_ - 1)
                                     : std::string()),
        std::move(details_)};
  }

 private:
  const char* name_;
  std::size_t wrong_count_ = 0;
  std::vector<base::ErrorDetail> details_;
};

Error wrong_shape(const char* name, const char* wanted) {
  return {ErrorCode::invalid_argument, fmt::format("{}: want {}", name, wanted)};
}

}  // namespace

base::Result<groth16::Proof> read_proof_json(std::string_view text) {
  constexpr const char* kName = "proof";
  ZKP_TRY(const json document, JsonReader::parse(text, kName));
  if (!document.is_object()) return wrong_shape(kName, "an object");
  JsonReader reader(kName);
  const groth16::Proof proof = {reader.point<G1Affine>(reader.member(document, "pi_a"), "/pi_a"),
                                reader.point<G2Affine>(reader.member(document, "pi_b"), "/pi_b"),
                                reader.point<G1Affine>(reader.member(document, "pi_c"), "/pi_c")};
  reader.check_scheme(document);
  ZKP_CHECK(std::move(reader).finish());
  return proof;
}

base::Result<std::vector<Fr>> read_public_json(std::string_view text) {
  constexpr const char* kName = "public signals";
  ZKP_TRY(const json document, JsonReader::parse(text, kName));
  if (!document.is_array()) return wrong_shape(kName, "a list");
  JsonReader reader(kName);
  std::vector<Fr> signals;
  signals.reserve(document.size());
  for (std::size_t i = 0; i < document.size(); ++i) {
    signals.push_back(reader.element<Fr>(document[i], fmt::format("/{}", i)));
  }
  ZKP_CHECK(std::move(reader).finish());
  return signals;
}

base::Result<groth16::VerifyingKey> read_verification_key_json(std::string_view text) {
  constexpr const char* kName = "verification key";
  ZKP_TRY(const json document, JsonReader::parse(text, kName));
  if (!document.is_object()) return wrong_shape(kName, "an object");
  JsonReader reader(kName);
  const auto g2 = [&](const char* key) {
    return reader.point_of_group<G2Affine>(reader.member(document, key), fmt::format("/{}", key));
  };
  groth16::VerifyingKey key;
  key.alpha1 =
      reader.point_of_group<G1Affine>(reader.member(document, "vk_alpha_1"), "/vk_alpha_1");
  key.beta2 = g2("vk_beta_2");
  key.gamma2 = g2("vk_gamma_2");
  key.delta2 = g2("vk_delta_2");
  const json& ic = reader.member(document, "IC");
  const json& count = reader.member(document, "nPublic");
  if (!count.is_null() && (!count.is_number_unsigned() || !ic.is_array() || ic.empty() ||
                           count.get<std::uint64_t>() != ic.size() - 1)) {
    reader.wrong("/nPublic", "want the number of points of IC, less 1");
  }
  for (std::size_t i = 0; ic.is_array() && i < ic.size(); ++i) {
    key.ic.push_back(reader.point_of_group<G1Affine>(ic[i], fmt::format("/IC/{}", i)));
  }
  reader.check_scheme(document);
  ZKP_CHECK(std::move(reader).finish());
  return key;
}

}  // namespace zkp::prover::iden3
