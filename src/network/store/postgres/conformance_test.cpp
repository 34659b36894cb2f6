#include "network/store/conformance.h"

#include "network/store/postgres/postgres_artifacts.h"
#include "network/store/postgres/postgres_store.h"
#include "network/store/postgres/test_environment.h"

namespace zkp::network::store {
namespace {

INSTANTIATE_TEST_SUITE_P(Postgres, StoreConformance,
                         testing::Values(Driver{
                             "postgres", [](const auto&) {
                               return open_postgres_store(postgres::new_database()).value();
                             }}));
INSTANTIATE_TEST_SUITE_P(Postgres, ArtifactConformance,
                         testing::Values(ArtifactDriver{
                             "postgres", [](const auto&) {
                               return open_postgres_artifacts(postgres::new_database()).value();
                             }}));

}  // namespace
}  // namespace zkp::network::store
