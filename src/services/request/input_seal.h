#pragma once

#include <filesystem>

#include "base/random.h"
#include "base/secret.h"
#include "network/task/ids.h"

namespace zkp::services::request {

// Closes a task's inputs before they reach the store, and opens them for the leader: AES-256-GCM
// with the task's id and the key's id as associated data. Immutable; any thread.
class InputSeal {
 public:
  // REQUIRES: key.size() == base::kSealKeyBytes.
  explicit InputSeal(base::SecretBytes key);

  // The key in this file. failed_precondition if it is readable by others, data_loss if it does not
  // hold a key.
  static base::Result<InputSeal> read_file(const std::filesystem::path& file);
  // The same; makes the file, mode 0600, if there is none.
  static base::Result<InputSeal> from_file(const std::filesystem::path& file, base::Random& random);

  // In one of the forms of task_inputs.h.
  [[nodiscard]] base::Bytes close(const network::task::TaskId& id, base::ByteView inputs,
                                  base::Random& random) const;
  // What was closed. data_loss if it was not for this task.
  [[nodiscard]] base::Result<base::SecretBytes> open(const network::task::TaskId& id,
                                                     base::ByteView sealed) const;

  // A name for a request's bytes: the same for the same bytes under the same key. Who does not have
  // the key cannot find the bytes by trying, few though they may be.
  [[nodiscard]] std::string fingerprint(base::ByteView request) const;

 private:
  base::SecretBytes key_;
  std::string key_id_;
};

}  // namespace zkp::services::request
