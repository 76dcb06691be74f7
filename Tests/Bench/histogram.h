// Counts durations in nanoseconds with an error of at most 1/64: linear below 64, then 64 buckets for each doubling, as
// HdrHistogram has them.
#ifndef GUOBAN_HISTOGRAM_H
#define GUOBAN_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_PART_BITS = 6, HISTOGRAM_BUCKETS = (64 - HISTOGRAM_PART_BITS) << HISTOGRAM_PART_BITS };

struct histogram {
  uint64_t counts[HISTOGRAM_BUCKETS];
  uint64_t total;
  uint64_t most;
};

static inline unsigned histogram_bucket(uint64_t value) {
  if (value < 1u << HISTOGRAM_PART_BITS) return (unsigned)value;
  unsigned shift = 63 - (unsigned)__builtin_clzll(value) - HISTOGRAM_PART_BITS;
  return (shift << HISTOGRAM_PART_BITS) + (unsigned)(value >> shift);
}

static inline void histogram_add(struct histogram *histogram, uint64_t value) {
  histogram->counts[histogram_bucket(value)]++;
  histogram->total++;
  if (value > histogram->most) histogram->most = value;
}

// The lowest value of the bucket in which the fraction is reached.
static inline uint64_t histogram_at(const struct histogram *histogram, double fraction) {
  uint64_t wanted = (uint64_t)((double)histogram->total * fraction), seen = 0;
  for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
    seen += histogram->counts[bucket];
    if (seen <= wanted) continue;
    if (bucket < 1u << HISTOGRAM_PART_BITS) return bucket;
    unsigned shift = (bucket >> HISTOGRAM_PART_BITS) - 1;
    return (uint64_t)(bucket - (shift << HISTOGRAM_PART_BITS)) << shift;
  }
  return histogram->most;
}

#endif
