/* Every sync of a file takes SYNC_US microseconds longer: a slower disk on a fast machine.
 * Preloaded into the server by `respite bench`; by hand:
 *   cc -shared -fPIC -O2 -o slowsync.so benches/slowsync.c -ldl
 *   SYNC_US=1000 LD_PRELOAD=./slowsync.so respite serve */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static void wait_longer(void) {
    const char *micros = getenv("SYNC_US");
    if (micros != NULL) usleep((useconds_t)atoi(micros));
}

int fsync(int file) {
    static int (*real)(int);
    if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_longer();
    return real(file);
}

int fdatasync(int file) {
    static int (*real)(int);
    if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_longer();
    return real(file);
}
