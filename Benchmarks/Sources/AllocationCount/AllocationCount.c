// Counts allocations: what a program defines by these names, all its libraries use in place of glibc's.
//
// The benchmark library's own counters need packages that preload a library (malloc-interposer), and its counts of
// retains crash with Swift 6.3 without another one.

#include "AllocationCount.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static atomic_ulong count;

unsigned long allocationCount(void) {
    return atomic_load_explicit(&count, memory_order_relaxed);
}

static void countOne(void) {
    atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
}

void *malloc(size_t size) {
    countOne();
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    countOne();
    return __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size) {
    countOne();
    return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    countOne();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    countOne();
    *memory = __libc_memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}
