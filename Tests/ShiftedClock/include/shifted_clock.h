#pragma once

// A wall clock that is so many seconds ahead, for a program that is started with this library in LD_PRELOAD: a test of what
// happens after half a year need not wait for it. Clocks that only measure durations stay as they are.
#define SHIFTED_CLOCK_SECONDS "SHIFTED_CLOCK_SECONDS"
