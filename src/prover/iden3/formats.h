#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "prover/circuit/constraint_system.h"
#include "prover/groth16/keys.h"
#include "prover/groth16/prove.h"
#include "prover/groth16/setup.h"

// The files of circom and snarkjs, both ways. Readers take the whole file's bytes (map it: see
// mapped_file.h) and check every number against the bytes at hand before anything is allocated.
// Errors: invalid_argument, with the section's number, what was wanted and what came.
namespace zkp::prover::iden3 {

// .r1cs v1
base::Result<circuit::ConstraintSystem> read_r1cs(base::ByteView file);
base::Bytes write_r1cs(const circuit::ConstraintSystem& system);

// .wtns v2
base::Result<circuit::Witness> read_wtns(base::ByteView file);
base::SecretBytes write_wtns(const circuit::Witness& witness);

// .zkey v1, groth16
enum class PointChecks {
  none,
  curve,
  subgroup
};  // `none` only for a file whose digest is known to be good
base::Result<groth16::ProvingKey> read_zkey(base::ByteView file, PointChecks checks);
base::Result<groth16::VerifyingKey> read_zkey_verifying_key(base::ByteView file);
base::Result<groth16::KeySizes> read_zkey_sizes(base::ByteView file);
base::Bytes write_zkey(const groth16::ProvingKey& key);
// Section 10 of a key without contributions: a circuit hash (BLAKE2b-512) and a count of 0. Goes
// into key.contributions; write_zkey() takes the first form if that is empty.
// Of a development key: the hash names the key, but no ceremony can vouch for it. H is hashed as it
// stands.
base::Bytes initial_contributions(const groth16::ProvingKey& key);
// Of the key that setup_from_powers() made of this very ceremony: the hash that snarkjs computes,
// so that `snarkjs zkey verify` accepts the key and all that contributions make of it.
// failed_precondition if the key has been contributed to.
base::Result<base::Bytes> initial_contributions(const groth16::ProvingKey& key,
                                                base::ByteView ptau);

// .ptau v1, prepared for phase 2: the part for a domain of 2^domain_log.
base::Result<groth16::PowersOfTau> read_ptau(base::ByteView file, std::uint32_t domain_log);

// JSON, byte for byte what snarkjs writes (one space of indentation).
std::string write_proof_json(const groth16::Proof& proof);
std::string write_public_json(std::span<const field::Fr> public_signals);
std::string write_verification_key_json(const groth16::VerifyingKey& key);
base::Result<groth16::Proof> read_proof_json(std::string_view text);
base::Result<std::vector<field::Fr>> read_public_json(std::string_view text);
base::Result<groth16::VerifyingKey> read_verification_key_json(std::string_view text);

// A Solidity contract with verifyProof(uint[2], uint[2][2], uint[2], uint[n]), and the arguments
// for calling it.
std::string write_solidity_verifier(const groth16::VerifyingKey& key);
std::string write_solidity_calldata(const groth16::Proof& proof,
                                    std::span<const field::Fr> public_signals);

}  // namespace zkp::prover::iden3
