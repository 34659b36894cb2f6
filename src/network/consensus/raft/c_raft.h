#pragma once

// C-Raft's headers, as C++ can read them: their static assertions define types inside sizeof, which
// C++ forbids, and they do not say that they are C. C-Raft's own build checks those assertions.
//
// Its structs and functions share names: the type is `struct raft_apply`, also for C++.

#include <cstdbool>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <uv.h>

#define static_assert(...)
extern "C" {
#include <raft.h>

#include <raft/uv.h>
}
#undef static_assert
