#include "services/request/input_seal.h"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>
#include <sys/stat.h>

#include "base/hex.h"
#include "base/seal.h"
#include "base/sha256.h"

namespace zkp::services::request {
namespace {

using base::Error;
using base::ErrorCode;
using base::SecretBytes;
using std::filesystem::path;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

Error error_of(const path& file, const char* step, int number) {
  return {number == EACCES ? ErrorCode::permission_denied : ErrorCode::unavailable,
          fmt::format("key file {}: cannot {}: {}", file.native(), step,
                      std::generic_category().message(number))};
}

// A name for a key that tells nothing about it.
std::string id_of(const SecretBytes& key) {
  base::Sha256Stream stream;
  stream.update(base::as_bytes("zkp-network input key id"));
  stream.update(key.reveal());
  return base::to_hex(stream.finish()).substr(0, 16);
}

std::string associated(const network::task::TaskId& id, const std::string& key_id) {
  return fmt::format("inputs of task {} under key {}", id.to_string(), key_id);
}

base::Status write_key(const path& file, base::Random& random) {
  SecretBytes key(base::kSealKeyBytes);
  random.fill(key.reveal_mutable());
  const Descriptor out(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (out.get() < 0) return error_of(file, "create", errno);
  if (::write(out.get(), key.reveal().data(), key.size()) != static_cast<ssize_t>(key.size())) {
    return error_of(file, "write", errno);
  }
  if (::fsync(out.get()) != 0) return error_of(file, "write to disk", errno);
  return {};
}

// Makes the file whole or not at all. One that is there already, perhaps since a moment, is kept:
// link() does not replace.
base::Status make_key_file(const path& file, base::Random& random) {
  path temporary = file;
  temporary += fmt::format(".{:016x}", random.next_u64());
  base::Status status = write_key(temporary, random);
  if (status && ::link(temporary.c_str(), file.c_str()) != 0 && errno != EEXIST) {
    status = error_of(file, "create", errno);
  }
  ::unlink(temporary.c_str());
  ZKP_CHECK(std::move(status));
  const path folder = file.has_parent_path() ? file.parent_path() : path(".");
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (::fsync(descriptor.get()) != 0) return error_of(folder, "write to disk", errno);
  return {};
}

base::Result<SecretBytes> read_key(int descriptor, const path& file) {
  struct ::stat facts{};
  if (::fstat(descriptor, &facts) != 0) return error_of(file, "look at", errno);
  if (!S_ISREG(facts.st_mode) || (facts.st_mode & 077) != 0) {
    return Error{ErrorCode::failed_precondition,
                 fmt::format("key file {}: want a file of mode 0600, got mode {:04o}",
                             file.native(), facts.st_mode & 07777)};
  }
  SecretBytes key(base::kSealKeyBytes);
  if (facts.st_size != static_cast<off_t>(key.size())) {
    return Error{ErrorCode::data_loss, fmt::format("key file {}: want {} bytes, got {}",
                                                   file.native(), key.size(), facts.st_size)};
  }
  const ssize_t got = ::read(descriptor, key.reveal_mutable().data(), key.size());
  if (got != static_cast<ssize_t>(key.size())) return error_of(file, "read", errno);
  return key;
}

}  // namespace

InputSeal::InputSeal(SecretBytes key) : key_(std::move(key)), key_id_(id_of(key_)) {
  ZKP_ASSERT(key_.size() == base::kSealKeyBytes);
}

base::Result<InputSeal> InputSeal::from_file(const path& file, base::Random& random) {
  std::error_code unknown;
  if (!std::filesystem::exists(file, unknown)) ZKP_CHECK(make_key_file(file, random));
  return read_file(file);
}

base::Result<InputSeal> InputSeal::read_file(const path& file) {
  const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (in.get() < 0) return error_of(file, "open", errno);
  ZKP_TRY(SecretBytes key, read_key(in.get(), file));
  return InputSeal(std::move(key));
}

base::Bytes InputSeal::close(const network::task::TaskId& id, base::ByteView inputs,
                             base::Random& random) const {
  return base::seal(key_, inputs, associated(id, key_id_), random);
}

base::Result<SecretBytes> InputSeal::open(const network::task::TaskId& id,
                                          base::ByteView sealed) const {
  return base::open_sealed(key_, sealed, associated(id, key_id_));
}

// The keyed hash is over one of fixed length, so that it cannot be extended.
std::string InputSeal::fingerprint(base::ByteView request) const {
  base::Sha256Stream stream;
  stream.update(base::as_bytes("zkp-network request fingerprint"));
  stream.update(key_.reveal());
  stream.update(base::sha256(request));
  return base::to_hex(stream.finish());
}

}  // namespace zkp::services::request
