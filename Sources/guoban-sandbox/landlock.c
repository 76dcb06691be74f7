#define _GNU_SOURCE
#include "landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// include/uapi/linux/landlock.h as of ABI 7, under names of our own so that an older header does no harm.
enum { LL_CREATE_RULESET = 444, LL_ADD_RULE = 445, LL_RESTRICT_SELF = 446 };
enum { LL_CREATE_VERSION = 1, LL_RULE_PATH_BENEATH = 1 };

struct ll_ruleset {
  uint64_t handled_fs;
  uint64_t handled_net;  // ABI 4
  uint64_t scoped;       // ABI 6
};

struct ll_path_beneath {
  uint64_t allowed;
  int32_t parent_fd;
} __attribute__((packed));

#define LL_FS_EXECUTE (1ull << 0)
#define LL_FS_READ_FILE (1ull << 2)
#define LL_FS_READ_DIR (1ull << 3)
#define LL_FS_ABI1 ((1ull << 13) - 1)
#define LL_FS_REFER (1ull << 13)      // ABI 2
#define LL_FS_TRUNCATE (1ull << 14)   // ABI 3
#define LL_FS_IOCTL_DEV (1ull << 15)  // ABI 5
#define LL_NET_TCP 3ull               // bind, connect
#define LL_SCOPE_ALL 3ull             // abstract Unix sockets, signals

static struct ll_ruleset everything(long abi, size_t *size) {
  struct ll_ruleset all = {.handled_fs = LL_FS_ABI1};
  if (abi >= 2) all.handled_fs |= LL_FS_REFER;
  if (abi >= 3) all.handled_fs |= LL_FS_TRUNCATE;
  if (abi >= 5) all.handled_fs |= LL_FS_IOCTL_DEV;
  if (abi >= 4) all.handled_net = LL_NET_TCP;
  if (abi >= 6) all.scoped = LL_SCOPE_ALL;
  *size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
  return all;
}

static bool allow(int ruleset, const char *path) {
  int fd = open(path, O_PATH | O_CLOEXEC);
  if (fd < 0) return errno == ENOENT || errno == ENOTDIR;
  struct stat about;
  bool folder = fstat(fd, &about) == 0 && S_ISDIR(about.st_mode);
  struct ll_path_beneath rule = {
      .allowed = LL_FS_EXECUTE | LL_FS_READ_FILE | (folder ? LL_FS_READ_DIR : 0), .parent_fd = fd};
  long result = syscall(LL_ADD_RULE, ruleset, LL_RULE_PATH_BENEATH, &rule, 0);
  int error = errno;
  close(fd);
  if (result != 0) fprintf(stderr, "guoban-sandbox: Landlock refuses %s: %s\n", path, strerror(error));
  return result == 0;
}

bool landlock_confine(const char *const *paths, size_t count, struct status *status) {
  long abi = syscall(LL_CREATE_RULESET, NULL, 0, LL_CREATE_VERSION);
  if (abi < 1) {
    status_missing(status, "landlock", errno);
    return true;
  }
  size_t size = 0;
  struct ll_ruleset all = everything(abi, &size);
  int ruleset = (int)syscall(LL_CREATE_RULESET, &all, size, 0);
  bool confined = ruleset >= 0;
  for (size_t i = 0; confined && i < count; i++) confined = allow(ruleset, paths[i]);
  confined = confined && syscall(LL_RESTRICT_SELF, ruleset, 0) == 0;
  if (!confined) fprintf(stderr, "guoban-sandbox: Landlock failed: %s\n", strerror(errno));
  if (ruleset >= 0) close(ruleset);
  status_number(status, "landlock", (unsigned long long)abi);
  if (abi < 6) status_add(status, "landlock_scope", abi < 4 ? "files" : "files,tcp");
  return confined;
}
