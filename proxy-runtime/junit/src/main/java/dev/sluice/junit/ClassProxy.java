package dev.sluice.junit;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The proxy of a class, which starts when the first of its tests needs it. Any thread. */
final class ClassProxy {
    private final ProxySource source;
    private final ExtensionContext context;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock, like the next one. */
    private @Nullable RunningProxy proxy;
    private @Nullable Sluice sluice;

    /** @param context of the class */
    ClassProxy(ProxySource source, ExtensionContext context) {
        this.source = source;
        this.context = context;
    }

    ProxySource source() {
        return source;
    }

    /**
     * The proxy, started if it is not yet.
     *
     * @param user the context of the test that needs it
     */
    RunningProxy proxy(ExtensionContext user) {
        lock.lock();
        try {
            RunningProxy known = proxy;
            if (known == null) {
                known = source.start(user.getTestInstances().isPresent() && isShared(user) ? user : context);
                proxy = known;
                sluice = new Sluice(known.begin(source.testClass().getSimpleName(), true));
            }
            if (known.isClosed()) {
                throw new IllegalStateException("the proxy of " + source.testClass().getSimpleName()
                        + " has been closed by a test that ran before");
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the instance of a test is that of all tests of its class, so that its fields can be used for the class. */
    private static boolean isShared(ExtensionContext user) {
        return user.getTestInstanceLifecycle()
                .filter(org.junit.jupiter.api.TestInstance.Lifecycle.PER_CLASS::equals).isPresent();
    }

    /** The proxy as the class sees it. */
    Sluice sluice(ExtensionContext user) {
        lock.lock();
        try {
            proxy(user);
            if (sluice == null) {
                throw new IllegalStateException("the proxy has no scope");
            }
            return sluice;
        } finally {
            lock.unlock();
        }
    }

    void close(List<Throwable> failures) {
        lock.lock();
        try {
            if (proxy != null && sluice != null) {
                proxy.end(sluice.scope(), source.annotation().nothingLeft(), failures);
                proxy.close(failures);
                proxy = null;
            }
        } finally {
            lock.unlock();
        }
    }
}
