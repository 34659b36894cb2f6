#pragma once

#include <optional>
#include <vector>

#include "network/store/sqlite/connection.h"
#include "network/store/store.h"

// What the tables hold, as the store's types; and all that only reads.
namespace zkp::network::store::sqlite {

base::Result<task::Task> find_task(Connection& connection, const TaskId& id);
// The task that was submitted with this idempotency key, and the digest of its request.
struct Earlier {
  task::Task task;
  std::string request_digest;
};
base::Result<std::optional<Earlier>> find_earlier(Connection& connection,
                                                  const std::string& idempotency_key);
base::Result<std::vector<task::Task>> list_tasks(Connection& connection, const TaskFilter& filter);
base::Result<std::vector<task::Task>> tasks_in_flight(Connection& connection);
// What claim() would take now, still pending.
base::Result<std::vector<ClaimedTask>> claimable(Connection& connection, std::size_t limit,
                                                 base::Time now);
base::Result<std::optional<base::Time>> next_due(Connection& connection, base::Time now);
base::Result<Counts> count_tasks(Connection& connection);
base::Result<base::Bytes> find_inputs(Connection& connection, const TaskId& id);
base::Result<std::vector<Store::AttemptRecord>> attempts_of(Connection& connection,
                                                            const TaskId& id);

base::Result<Circuit> find_circuit(Connection& connection, const CircuitId& id);
base::Result<Circuit> find_circuit_by_key(Connection& connection, const std::string& key_digest);
base::Result<std::vector<Circuit>> circuits_of(Connection& connection,
                                               const std::string& circuit_type);
base::Result<std::vector<Circuit>> registered_circuits(Connection& connection,
                                                       const std::string& after, std::size_t limit);
// The registered circuit of this circuit_type that has the same three files.
base::Result<std::optional<Circuit>> find_files(Connection& connection, const Circuit& circuit);
base::Result<std::uint64_t> last_version(Connection& connection, const std::string& circuit_type);
base::Result<std::vector<Circuit>> wanted_circuits(Connection& connection);

base::Result<Term> last_term(Connection& connection);

}  // namespace zkp::network::store::sqlite
