#include "network/store/conformance.h"
#include "network/store/sqlite/file_artifacts.h"
#include "network/store/sqlite/sqlite_store.h"

namespace zkp::network::store {
namespace {

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreConformance,
                         testing::Values(Driver{"sqlite", [](const auto& folder) {
                                                  return open_sqlite_store(folder).value();
                                                }}));
INSTANTIATE_TEST_SUITE_P(Files, ArtifactConformance,
                         testing::Values(ArtifactDriver{
                             "files", [](const auto& folder) {
                               return open_file_artifacts(folder).value();
                             }}));

}  // namespace
}  // namespace zkp::network::store
