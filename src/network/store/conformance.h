#pragma once

// What every driver of Store must do, as tests. A driver's test program includes this header in one
// of its sources, and there says how to open a store:
//
//   INSTANTIATE_TEST_SUITE_P(Memory, StoreConformance, testing::Values(Driver{"memory", ...}));
//   INSTANTIATE_TEST_SUITE_P(Memory, ArtifactConformance, testing::Values(...));

#include "network/store/conformance_artifacts.h"    // IWYU pragma: export
#include "network/store/conformance_circuits.h"     // IWYU pragma: export
#include "network/store/conformance_queue.h"        // IWYU pragma: export
#include "network/store/conformance_threads.h"      // IWYU pragma: export
#include "network/store/conformance_transitions.h"  // IWYU pragma: export
