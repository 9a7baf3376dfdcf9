package dev.sluice.junit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

import dev.sluice.api.fault.Fault;
import dev.sluice.runtime.FaultInjection;
import dev.sluice.runtime.InjectedFault;
import dev.sluice.runtime.ProxyEvent;
import dev.sluice.runtime.ReloadResult;
import dev.sluice.runtime.ServerEvent;
import org.jspecify.annotations.Nullable;

/** The time of one test, or of one class, on a proxy: its events, and what it has changed. Any thread. */
final class Scope {
    private final RunningProxy proxy;
    private final String name;
    private final boolean ofClass;
    private final Thread thread;
    private final Leftovers leftovers;
    private final EventRecord record = new EventRecord();
    /** Guarded by itself. */
    private final List<FaultHandle> faults = new ArrayList<>();
    /** The ways up of what is down. Guarded by itself. */
    private final Map<Object, Runnable> downs = new LinkedHashMap<>();
    private volatile boolean reloaded;
    /** Written by one who holds both locks. */
    private volatile boolean ended;

    private final Instant begin = Instant.now();

    /**
     * A scope that begins now, on the thread of its test.
     *
     * @param name of the test or class, for messages
     * @param ofClass whether it is a class's
     */
    Scope(RunningProxy proxy, String name, boolean ofClass) {
        this.ofClass = ofClass;
        this.proxy = proxy;
        this.name = name;
        this.thread = Thread.currentThread();
        this.leftovers = new Leftovers(proxy);
    }

    RunningProxy proxy() {
        return proxy;
    }

    EventRecord record() {
        return record;
    }

    String name() {
        return name;
    }

    /** Whether an event is its own: the start of the server, or what was undone before, may be delivered later. */
    boolean sees(ProxyEvent event) {
        return !(event instanceof ServerEvent) || !event.time().isBefore(begin);
    }

    boolean isOfClass() {
        return ofClass;
    }

    Thread thread() {
        return thread;
    }

    /** What is changed after the end would last: nobody is left who undoes it. */
    private void checkNotEnded() {
        if (ended) {
            throw new IllegalStateException(
                    name + " has ended, and so has its Sluice; allowed: that of the test that runs,"
                            + " as its parameter, or that of the class, as a parameter of @BeforeAll");
        }
    }

    <E extends ProxyEvent> List<E> await(int count, Expected<E> expected) {
        checkNotEnded();
        try {
            return record.await(count, expected);
        } catch (AssertionError missing) {
            String listener = expected.listener();
            Set<String> listeners = proxy.server().addresses().keySet();
            if (listener == null || listeners.contains(listener)) {
                throw missing;
            }
            throw new AssertionError("there is no listener '" + listener + "'; there are: "
                    + String.join(", ", listeners) + ". " + missing.getMessage(), missing.getCause());
        }
    }

    FaultHandle inject(Fault[] wanted, BiFunction<FaultInjection, Fault, InjectedFault> how) {
        if (wanted.length == 0) {
            throw new IllegalArgumentException("no fault; allowed: one or more, as in fault(Faults.blackHole())");
        }
        for (Fault each : wanted) {
            Objects.requireNonNull(each, "a fault is null");
        }
        synchronized (faults) {
            checkNotEnded();
            List<InjectedFault> injected = new ArrayList<>();
            try {
                for (Fault each : wanted) {
                    injected.add(how.apply(proxy.server().faults(), each));
                }
            } catch (RuntimeException e) {
                injected.forEach(InjectedFault::close);
                throw e;
            }
            FaultHandle handle = new FaultHandle(injected);
            faults.add(handle);
            return handle;
        }
    }

    /** @param key of what is taken down, equal for equal things */
    void down(Object key, Runnable down, Runnable up) {
        synchronized (downs) {
            checkNotEnded();
            down.run();
            downs.put(key, up);
        }
    }

    void up(Object key, Runnable up) {
        synchronized (downs) {
            checkNotEnded();
            up.run();
            downs.remove(key);
        }
    }

    ReloadResult reload(UnaryOperator<String> change) {
        checkNotEnded();
        ReloadResult result = proxy.reload(this,
                text -> Objects.requireNonNull(change.apply(text), "the change of the configuration returned null"));
        reloaded = true;
        return result;
    }

    void assertNothingLeft() {
        String left = leftovers.find();
        if (left != null) {
            throw new AssertionError(name + " has left something behind:" + left);
        }
    }

    /** Adds what the proxy has seen to the failure of its test. */
    void explain(Throwable failure) {
        String events = record.notShown();
        if (!events.isEmpty()) {
            failure.addSuppressed(new Seen("the proxy has seen in " + name + ":" + events));
        }
    }

    /** The events of a test that has failed: a note on its failure, which is not thrown. */
    private static final class Seen extends Exception {
        private static final long serialVersionUID = 1;

        Seen(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Ends it: undoes what it has changed.
     *
     * @param nothingLeft whether to check that nothing is left; what is left is cut, so that it is reported once
     * @return the failures
     */
    List<Throwable> end(boolean nothingLeft) {
        List<Throwable> failures = new ArrayList<>();
        synchronized (faults) {
            synchronized (downs) {
                ended = true;
            }
            faults.forEach(fault -> attempt(failures, fault::close));
            faults.clear();
        }
        List<Runnable> ups;
        synchronized (downs) {
            ups = downs.values().stream().filter(up -> !isUp(failures, up)).toList();
            downs.clear();
        }
        if (nothingLeft) {
            attempt(failures, this::assertNothingLeft);
            if (!failures.isEmpty()) {
                attempt(failures, leftovers::cut);
            }
        }
        if (reloaded) {
            attempt(failures, () -> proxy.undoReloads(this));
            // What a reload has taken away is there again, unless another one had added it.
            ups.forEach(up -> isUp(failures, up));
        }
        attempt(failures, proxy::forgetFailures);
        return failures;
    }

    /** Takes something up, unless it is not there. */
    private static boolean isUp(List<Throwable> failures, Runnable up) {
        try {
            up.run();
            return true;
        } catch (IllegalArgumentException gone) {
            return false;
        } catch (RuntimeException e) {
            failures.add(e);
            return true;
        }
    }

    static void attempt(List<Throwable> failures, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | AssertionError e) {
            failures.add(e);
        }
    }

    /** Throws the first of failures, with the others; nothing if there is none. */
    static void report(List<Throwable> failures) {
        Throwable first = failures.isEmpty() ? null : failures.getFirst();
        if (first != null) {
            failures.stream().skip(1).forEach(first::addSuppressed);
            rethrow(first);
        }
    }

    private static void rethrow(@Nullable Throwable failure) {
        switch (failure) {
            case Error error -> throw error;
            case RuntimeException exception -> throw exception;
            case null, default -> throw new AssertionError(failure);
        }
    }
}
