package dev.sluice.runtime.tls.boring;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An object that owns memory of the library which others share: it is freed once no object of Java leads to the owner. Not counted by hand, since
 * an event loop may begin with one while another thread takes it out of service. Freed on the thread that makes the next owner, because there
 * are new ones whenever there are old ones, and a thread of its own would do nothing else.
 */
abstract class NativeOwner {
    private static final ReferenceQueue<NativeOwner> LOST = new ReferenceQueue<>();
    private static final Set<Memory> ALL = ConcurrentHashMap.newKeySet();
    private static final AtomicInteger COUNT = new AtomicInteger();

    /** Memory of the library with the way of freeing it, which must not lead to the owner. */
    private static final class Memory extends PhantomReference<NativeOwner> {
        private final Runnable free;

        Memory(NativeOwner owner, Runnable free) {
            super(owner, LOST);
            this.free = free;
        }
    }

    /** @param free frees the memory; must not lead to this object */
    final void owns(Runnable free) {
        ALL.add(new Memory(this, free));
        COUNT.incrementAndGet();
    }

    /** Frees what nothing leads to. Any thread. */
    static void freeLost() {
        for (Object lost = LOST.poll(); lost != null; lost = LOST.poll()) {
            Memory memory = (Memory) lost;
            if (ALL.remove(memory)) {
                memory.free.run();
                COUNT.decrementAndGet();
            }
        }
    }

    /** Owners whose memory is not freed yet. */
    static int count() {
        return COUNT.get();
    }
}
