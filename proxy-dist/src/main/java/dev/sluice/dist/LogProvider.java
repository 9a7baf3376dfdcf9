package dev.sluice.dist;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LogbackServiceProvider;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.CoreConstants;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * The binding of slf4j to logback, set up by {@link LogSetup}. Logback's own provider looks for configurators and
 * versions in every jar of the module path, which is a tenth of a start. It is used nevertheless if the user names a
 * configuration file with {@code -Dlogback.configurationFile}; that file may refer to {@code ${sluice.log.format}} and
 * {@code ${sluice.log.level}}.
 */
public final class LogProvider implements SLF4JServiceProvider {
    private static final String OWN_FILE_PROPERTY = "logback.configurationFile";
    private static final String PROVIDER_PROPERTY = "slf4j.provider";
    private static final String VERBOSITY_PROPERTY = "slf4j.internal.verbosity";
    private static volatile boolean inUse;

    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter mdc = new LogbackMDCAdapter();
    /** Logback's own provider, for a user with a configuration file; otherwise null. */
    private final @Nullable SLF4JServiceProvider own = System.getProperty(OWN_FILE_PROPERTY) == null
            ? null
            : new LogbackServiceProvider();
    private @Nullable LoggerContext context;

    /** Called by slf4j, which asks for the MDC adapter before it initializes this. */
    public LogProvider() {}

    /** To be called before the first logger is made; another provider named by the user takes precedence. */
    static void install() {
        if (System.getProperty(PROVIDER_PROPERTY) == null) {
            System.setProperty(PROVIDER_PROPERTY, LogProvider.class.getName());
            // Otherwise slf4j would report this setting on standard error.
            if (System.getProperty(VERBOSITY_PROPERTY) == null) {
                System.setProperty(VERBOSITY_PROPERTY, "WARN");
            }
        }
    }

    /** {@return whether there may be something to flush} */
    static boolean inUse() {
        return inUse;
    }

    @Override
    public void initialize() {
        inUse = true;
        // slf4j has read it; a plugin with an slf4j of its own could not find this class.
        System.clearProperty(PROVIDER_PROPERTY);
        if (own != null) {
            own.initialize();
            return;
        }
        LoggerContext created = new LoggerContext();
        created.setName(CoreConstants.DEFAULT_CONTEXT_NAME);
        created.setMDCAdapter(mdc);
        LogSetup.configure(created);
        created.start();
        context = created;
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        if (own != null) {
            return own.getLoggerFactory();
        }
        if (context == null) {
            throw new IllegalStateException("asked for loggers before initialize()");
        }
        return context;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return own == null ? markers : own.getMarkerFactory();
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return own == null ? mdc : own.getMDCAdapter();
    }

    /** {@return the version of slf4j that this was written for} */
    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }
}
