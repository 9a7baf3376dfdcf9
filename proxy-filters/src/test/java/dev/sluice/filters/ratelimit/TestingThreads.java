package dev.sluice.filters.ratelimit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/** Does something in several threads at once, which stand for event loops. */
final class TestingThreads {
    static final int COUNT = 8;

    private TestingThreads() {}

    /** @param task is given the number of its thread; what it throws is thrown */
    static void run(IntConsumer task) throws Exception {
        CountDownLatch ready = new CountDownLatch(COUNT);
        try (ExecutorService threads = Executors.newFixedThreadPool(COUNT)) {
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < COUNT; i++) {
                int number = i;
                done.add(threads.submit(() -> {
                    ready.countDown();
                    ready.await();
                    task.accept(number);
                    return null;
                }));
            }
            for (Future<?> one : done) {
                one.get();
            }
        }
    }
}
