#include "network/consensus/consensus.h"

#include "base/assert.h"

namespace zkp::network::consensus {

const char* name_of(Role role) {
  switch (role) {
    case Role::follower:
      return "follower";
    case Role::candidate:
      return "candidate";
    case Role::leader:
      return "leader";
  }
  ZKP_ASSERT(false);
}

}  // namespace zkp::network::consensus
