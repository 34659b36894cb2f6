#include "prover/witness/run_thread.h"

#include <pthread.h>

namespace zkp::prover::witness {

base::Status run_on_thread(std::size_t stack_bytes, const std::function<void()>& work,
                           const std::function<void()>& watch) {
  pthread_attr_t attributes;
  ZKP_ASSERT(pthread_attr_init(&attributes) == 0);
  pthread_t thread{};
  const bool made =
      pthread_attr_setstacksize(&attributes, stack_bytes) == 0 &&
      pthread_create(
          &thread, &attributes,
          [](void* argument) -> void* {
            (*static_cast<const std::function<void()>*>(argument))();
            return nullptr;
          },
          const_cast<std::function<void()>*>(&work)) == 0;  // NOLINT(*-const-cast): its parameter
  pthread_attr_destroy(&attributes);
  if (!made) return base::Error{base::ErrorCode::resource_exhausted, "cannot make a thread"};
  watch();
  ZKP_ASSERT(pthread_join(thread, nullptr) == 0);
  return {};
}

}  // namespace zkp::prover::witness
