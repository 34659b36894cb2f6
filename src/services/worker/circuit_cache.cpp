#include "services/worker/circuit_cache.h"

#include "prover/iden3/formats.h"

namespace zkp::services::worker {
namespace {

using prover::groth16::PreparedVerifyingKey;
using prover::groth16::ProvingKey;
using prover::witness::Program;

constexpr std::uint64_t kMostProgramBytes = 256 << 20;  // of machine code
// An instruction of the program becomes some of the machine's.
constexpr std::uint64_t kCodeBytesPerByte = 8;

template <class Vector>
std::uint64_t size_of(const Vector& vector) {
  return vector.size() * sizeof(vector[0]);
}

std::uint64_t memory_of(const ProvingKey& key) {
  return size_of(key.a) + size_of(key.b1) + size_of(key.b2) + size_of(key.c) + size_of(key.h) +
         size_of(key.matrix_a.terms) + size_of(key.matrix_b.terms) +
         size_of(key.matrix_a.row_start) + size_of(key.matrix_b.row_start);
}

// The digest was checked, and the network checked the key's points before it gave the digest out.
base::Result<Loaded<LoadedKey>::Made> load_key(ArtifactFiles& files, const std::string& digest,
                                               const std::stop_token& stop) {
  ZKP_TRY(const auto file, files.get(digest, stop));
  ZKP_TRY(ProvingKey key, prover::iden3::read_zkey(file.bytes(), prover::iden3::PointChecks::none));
  PreparedVerifyingKey verifying(key.verifying);
  const std::uint64_t size_bytes = memory_of(key) + sizeof(verifying);
  return Loaded<LoadedKey>::Made{
      std::make_shared<const LoadedKey>(LoadedKey{std::move(key), std::move(verifying)}),
      size_bytes};
}

// What is wrong with the program itself, and not with this worker.
base::Error of_program(base::Error error) {
  if (error.code != base::ErrorCode::resource_exhausted) {
    error.code = base::ErrorCode::failed_precondition;
  }
  return error;
}

}  // namespace

base::Result<std::unique_ptr<CircuitCache>> CircuitCache::open(
    Options options, const prover::witness::Engine& engine, ArtifactFiles::Fetch fetch) {
  ZKP_TRY(auto files,
          ArtifactFiles::open({.folder = options.folder, .most_bytes = options.most_disk_bytes},
                              std::move(fetch)));
  return std::unique_ptr<CircuitCache>(new CircuitCache(options, engine, std::move(files)));
}

CircuitCache::CircuitCache(const Options& options, const prover::witness::Engine& engine,
                           std::unique_ptr<ArtifactFiles> files)
    : files_(std::move(files)),
      keys_(options.most_key_memory_bytes,
            [this](const std::string& digest, const std::stop_token& stop) {
              return load_key(*files_, digest, stop);
            }),
      programs_(kMostProgramBytes,
                [this, &engine, limits = options.program_limits](
                    const std::string& digest,
                    const std::stop_token& stop) -> base::Result<Loaded<Program>::Made> {
                  ZKP_TRY(const auto file, files_->get(digest, stop));
                  auto program = Program::compile(engine, file.bytes(), limits);
                  if (!program.ok()) return of_program(std::move(program).error());
                  return Loaded<Program>::Made{std::make_shared<const Program>(*std::move(program)),
                                               file.bytes().size() * kCodeBytesPerByte};
                }) {}

}  // namespace zkp::services::worker
