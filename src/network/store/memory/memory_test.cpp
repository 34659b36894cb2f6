#include "network/store/conformance.h"
#include "network/store/memory/memory_artifacts.h"
#include "network/store/memory/memory_store.h"

namespace zkp::network::store {
namespace {

INSTANTIATE_TEST_SUITE_P(Memory, StoreConformance,
                         testing::Values(Driver{"memory",
                                                [](const auto&) { return make_memory_store(); }}));
INSTANTIATE_TEST_SUITE_P(Memory, ArtifactConformance,
                         testing::Values(ArtifactDriver{
                             "memory", [](const auto&) { return make_memory_artifacts(); }}));

}  // namespace
}  // namespace zkp::network::store
