#pragma once

#include <cstddef>

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

namespace zkp::prover::poly {

// function(begin, end) for chunks of 0 .. count, on the threads of the calling tbb arena.
template <class Function>
void for_chunks(std::size_t count, const Function& function) {
  constexpr std::size_t kChunk = 4096;
  tbb::parallel_for(
      tbb::blocked_range<std::size_t>(0, count, kChunk),
      [&](const tbb::blocked_range<std::size_t>& range) { function(range.begin(), range.end()); },
      tbb::simple_partitioner());
}

}  // namespace zkp::prover::poly
