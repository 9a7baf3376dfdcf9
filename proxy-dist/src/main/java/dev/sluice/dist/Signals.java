package dev.sluice.dist;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

import dev.sluice.runtime.ProxyServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * The signals that the process receives.
 *
 * <p>They come by a {@link SignalPipe}, which needs no new thread and does not care what was ignored at the launch (as
 * by {@code nohup}, or in the background of a script). Until the pipe is there, and where it cannot be, they come by
 * {@code sun.misc.Signal}, which the JDK keeps for this purpose (JEP 260); it is used nowhere else. A shutdown hook
 * would neither receive {@code HUP} and {@code USR1} nor be able to set the exit code.
 */
final class Signals {
    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    private final Map<Integer, String> names = new HashMap<>();
    private final Consumer<String> action;
    private final CountDownLatch installed = new CountDownLatch(1);

    private Signals(Consumer<String> action) {
        this.action = action;
    }

    /**
     * Passes these signals on from now, in place of what the JVM or the parent process had set up.
     *
     * @param names without the prefix, such as {@code TERM}
     * @param action receives the name with its prefix, such as {@code SIGTERM}; on any thread, two at once too. It must
     *     not wait: the next signal may come on the same thread
     */
    static Signals handle(List<String> names, Consumer<String> action) {
        Signals signals = new Signals(action);
        for (String name : names) {
            Signal signal = new Signal(name);
            signals.names.put(signal.getNumber(), "SIG" + name);
            // Without effect on INT, TERM and HUP that were ignored at the launch.
            Signal.handle(signal, received -> action.accept("SIG" + name));
        }
        Thread.ofPlatform().daemon().name("signals").start(signals::read);
        return signals;
    }

    /** The loop of the thread that reads the pipe; it makes the pipe too, since a start need not wait for that. */
    private void read() {
        SignalPipe pipe;
        try {
            // Its system calls need the same code of the JVM, which two threads at once would both write.
            ProxyServer.defaultTransport();
            pipe = SignalPipe.open();
            names.keySet().forEach(pipe::handle);
        } catch (UnsupportedOperationException | IllegalCallerException | LinkageError e) {
            LOG.debug("Each signal takes a thread of its own, and those stay ignored that were at the launch", e);
            return;
        } finally {
            installed.countDown();
        }
        while (true) {
            String name = names.get(pipe.read());
            if (name != null) {
                pass(name);
            }
        }
    }

    private void pass(String name) {
        try {
            action.accept(name);
        } catch (OutOfMemoryError e) {
            // The next signal may find memory; this thread has to be there for it.
            LOG.error("{} came to nothing", name, e);
        }
    }

    /** Waits until nothing more will change about the way in which signals arrive. */
    void awaitInstalled() throws InterruptedException {
        installed.await();
    }
}
