package dev.sluice.junit;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
        AnnotationSupport.findAnnotation(testClass, SluiceProxy.class).ifPresent(annotation -> store(context).put(CLASS,
                new ClassProxy(new ProxySource(annotation, testClass), context)));
    }

    private static @Nullable ClassProxy ofClass(ExtensionContext context) {
        return store(context).get(CLASS, ClassProxy.class);
    }

    /** The annotation whose proxy serves one test alone; empty if it is the class's. */
    private static Optional<ProxySource> ofMethod(ExtensionContext context) {
        Optional<ProxySource> own = AnnotationSupport.findAnnotation(context.getTestMethod(), SluiceProxy.class)
                .map(annotation -> new ProxySource(annotation, context.getRequiredTestClass()));
        ClassProxy ofClass = ofClass(context);
        if (own.isEmpty() && ofClass != null
                && ofClass.source().annotation().lifecycle() == Lifecycle.PER_METHOD) {
            return Optional.of(ofClass.source());
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
        List<Throwable> failures = new ArrayList<>();
        Optional<ProxySource> own = ofMethod(context);
        ClassProxy ofClass = ofClass(context);
        boolean nothingLeft = own.map(source -> source.annotation().nothingLeft())
                .orElse(ofClass == null || ofClass.source().annotation().nothingLeft());
        RunningProxy proxy = sluice.scope().proxy();
        proxy.end(sluice.scope(), nothingLeft, failures);
        if (own.isPresent()) {
            proxy.close(failures);
        }
        Scope.report(failures);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        // Only that of this class, and not of one around it.
        ClassProxy own = store(context).remove(CLASS, ClassProxy.class);
        if (own != null) {
            List<Throwable> failures = new ArrayList<>();
            own.close(failures);
            Scope.report(failures);
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Sluice.class || (parameter.isAnnotated(Listener.class) && ADDRESSES.contains(type));
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Sluice sluice = sluice(context);
        Class<?> type = parameter.getParameter().getType();
        if (type == Sluice.class) {
            return sluice;
        }
        InetSocketAddress address = sluice.address(
                parameter.findAnnotation(Listener.class).map(Listener::value).orElseThrow());
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
        if (ofClass == null || ofClass.source().annotation().lifecycle() == Lifecycle.PER_METHOD) {
            throw new ParameterResolutionException("there is no proxy before a test begins: one of PER_METHOD, or of a"
                    + " method, can be a parameter of the test, of @BeforeEach and of @AfterEach");
        }
        return ofClass.sluice(context);
    }
}
