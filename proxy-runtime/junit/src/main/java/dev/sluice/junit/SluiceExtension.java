package dev.sluice.junit;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

import dev.sluice.junit.SluiceProxy.Lifecycle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * The extension behind {@link SluiceProxy}, which registers it. Has no state: that of classes and tests is in the stores of
 * their contexts. Any thread.
 */
public final class SluiceExtension
        implements
            BeforeAllCallback,
            BeforeEachCallback,
            AfterEachCallback,
            AfterAllCallback,
            ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace
            .create(SluiceExtension.class);
    /** The key of the {@link ClassProxy} of a class and those in it. */
    private static final String CLASS = "class";
    /** The key of the {@link Sluice} of a test. */
    private static final String TEST = "test";
    private static final Set<Class<?>> ADDRESSES = Set.of(InetSocketAddress.class, SocketAddress.class, int.class,
            Integer.class, String.class);

    /** Called by JUnit. */
    public SluiceExtension() {}

    private static ExtensionContext.Store store(ExtensionContext context) {
        return context.getStore(NAMESPACE);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        Class<?> testClass = context.getRequiredTestClass();
        Optional<SluiceProxy> own = AnnotationSupport.findAnnotation(testClass, SluiceProxy.class);
        ClassProxy around = ofClass(context);
        if (own.isPresent()) {
            store(context).put(CLASS, new ClassProxy(new ProxySource(own.get(), testClass, testClass), context));
        } else if (around != null) {
            around.source().checkInner(testClass);
        }
    }

    private static @Nullable ClassProxy ofClass(ExtensionContext context) {
        return store(context).get(CLASS, ClassProxy.class);
    }

    /** The annotation whose proxy serves one test alone; empty if it is the class's. */
    private static Optional<ProxySource> ofMethod(ExtensionContext context) {
        Optional<ProxySource> own = AnnotationSupport.findAnnotation(context.getTestMethod(), SluiceProxy.class)
                .map(annotation -> new ProxySource(annotation, null, context.getRequiredTestClass()));
        ClassProxy ofClass = ofClass(context);
        if (own.isEmpty() && ofClass != null
                && ofClass.source().annotation().lifecycle() == Lifecycle.PER_METHOD) {
            return Optional.of(ofClass.source().in(context.getRequiredTestClass()));
        }
        return own;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        Optional<ProxySource> own = ofMethod(context);
        ClassProxy ofClass = ofClass(context);
        RunningProxy proxy;
        if (own.isPresent()) {
            proxy = own.get().start(context);
        } else if (ofClass != null) {
            proxy = ofClass.proxy(context);
        } else {
            return;
        }
        store(context).put(TEST, new Sluice(proxy.begin(name(context), false)));
    }

    private static String name(ExtensionContext context) {
        String method = context.getTestMethod().map(each -> each.getName() + "()").orElse("");
        String shown = context.getDisplayName();
        return method.isEmpty() || shown.startsWith(method.substring(0, method.length() - 1))
                ? shown
                : method + " " + shown;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Sluice sluice = store(context).remove(TEST, Sluice.class);
        if (sluice == null) {
            return;
        }
        context.getExecutionException().ifPresent(sluice.scope()::explain);
        report(failures -> end(sluice, context, failures));
    }

    private static void end(Sluice sluice, ExtensionContext context, List<Throwable> failures) {
        Optional<ProxySource> own = ofMethod(context);
        ClassProxy ofClass = ofClass(context);
        boolean nothingLeft = own.map(source -> source.annotation().nothingLeft())
                .orElse(ofClass == null || ofClass.source().annotation().nothingLeft());
        RunningProxy proxy = sluice.scope().proxy();
        proxy.end(sluice.scope(), nothingLeft, failures);
        if (own.isPresent()) {
            proxy.close(failures);
        } else if (proxy.isClosed()) {
            failures.add(
                    new AssertionError(sluice.scope().name() + " has closed the proxy of its class; allowed: in a test"
                            + " with a proxy of its own, by lifecycle = PER_METHOD or @SluiceProxy of the method"));
        }
    }

    /** Runs what must run to its end, even on a thread that has been interrupted, and throws its failures. */
    private static void report(Consumer<List<Throwable>> action) {
        boolean interrupted = Thread.interrupted();
        List<Throwable> failures = new ArrayList<>();
        try {
            action.accept(failures);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        Scope.report(failures);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        // Only that of this class, and not of one around it.
        ClassProxy own = store(context).remove(CLASS, ClassProxy.class);
        if (own != null) {
            report(own::close);
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        // Those of other types too: here it can be said what is allowed.
        return type == Sluice.class || parameter.isAnnotated(Listener.class);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        Optional<Listener> listener = parameter.findAnnotation(Listener.class);
        if (listener.isPresent() && !ADDRESSES.contains(type)) {
            throw new ParameterResolutionException("@Listener(\"" + listener.get().value() + "\") cannot be a "
                    + type.getSimpleName()
                    + "; allowed: InetSocketAddress, SocketAddress, int, Integer (the port) and String"
                    + " (host:port)");
        }
        Sluice sluice = sluice(context);
        if (listener.isEmpty()) {
            return sluice;
        }
        InetSocketAddress address = sluice.address(listener.get().value());
        if (type == int.class || type == Integer.class) {
            return address.getPort();
        }
        return type == String.class ? TestedAddress.words(address) : address;
    }

    private static Sluice sluice(ExtensionContext context) {
        Sluice ofTest = store(context).get(TEST, Sluice.class);
        if (ofTest != null) {
            return ofTest;
        }
        ClassProxy ofClass = ofClass(context);
        if (ofClass == null && context.getTestMethod().isPresent()) {
            throw new ParameterResolutionException("there is no proxy: neither "
                    + context.getRequiredTestClass().getSimpleName() + " nor a class around it nor "
                    + context.getRequiredTestMethod().getName() + "() has @SluiceProxy");
        }
        if (ofClass == null || ofClass.source().annotation().lifecycle() == Lifecycle.PER_METHOD) {
            throw new ParameterResolutionException("there is no proxy before a test begins: one of PER_METHOD, or of a"
                    + " method, can be a parameter of the test, of @BeforeEach and of @AfterEach");
        }
        return ofClass.sluice(context);
    }
}
