// What a process takes with it: descriptors, signals, environment, limits, privileges.
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>

#include "options.h"
#include "status.h"

// Closes every descriptor but 0, 1, 2 and the status descriptor, undoes what the caller did to signals, and replaces
// the environment.
void process_clean(const struct options *options);

// Sets the resource limits. False when one cannot be set.
bool process_limit(const struct options *options, struct status *status);

// Gives up privileges and the right to new ones, is not dumped or traced, dies with its parent. False when something
// cannot be done; exits when the parent is gone already.
bool process_lower(const struct options *options, struct status *status);

#endif
