// What guoban-sandbox tells its caller: exit codes, and the names in its status lines.
#ifndef GUOBAN_SANDBOX_H
#define GUOBAN_SANDBOX_H

// Exit codes of guoban-sandbox itself. A program that it became (--executable) has exit codes of its own: the caller
// knows that it got so far by the status line "stage=running".
enum guoban_sandbox_exit {
  GUOBAN_SANDBOX_EXIT_USAGE = 64,               // an option is wrong
  GUOBAN_SANDBOX_EXIT_CANNOT_LOAD = 65,         // dlopen failed: missing, not a library, a library it needs is missing
  GUOBAN_SANDBOX_EXIT_NOT_A_REPORTER = 66,      // no entry function, or it gave a wrong magic, ABI version or size
  GUOBAN_SANDBOX_EXIT_PROTECTION_FAILED = 67,   // a protection that the kernel has could not be switched on
  GUOBAN_SANDBOX_EXIT_PROTECTION_MISSING = 68,  // --require-all, and the kernel lacks one
  GUOBAN_SANDBOX_EXIT_RUN_FAILED = 69,          // run() returned something else than 0
  GUOBAN_SANDBOX_EXIT_CANNOT_EXECUTE = 70,      // execve failed
  GUOBAN_SANDBOX_EXIT_PARENT_GONE = 71,         // the caller had died before the sandbox was ready
};

// The status lines, each one write of "name=value name=value…\n":
//   1. "stage=confined …": every protection by name, "on", a version, or "missing:REASON". Written before a byte of the
//      reporter runs.
//   2. "stage=running": its own code has begun. For a module also "sealed=on": it can no longer open any file.
#define GUOBAN_SANDBOX_STAGE_CONFINED "stage=confined"
#define GUOBAN_SANDBOX_STAGE_RUNNING "stage=running"

#endif
