package dev.sluice.runtime.engine;

import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.RuntimeConfig.TransportKind;
import dev.sluice.runtime.transport.Transport;
import dev.sluice.runtime.transport.epoll.EpollTransport;
import dev.sluice.runtime.transport.nio.NioTransport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The choice of the transport by {@code runtime.transport}, with a line in the log. */
public final class Transports {
    private static final Logger LOG = LoggerFactory.getLogger(Transports.class);

    private Transports() {}

    /** The name of the transport that {@code auto} means. */
    public static String defaultName() {
        return EpollTransport.whyNot() == null ? new EpollTransport().name() : new NioTransport().name();
    }

    /**
     * The transport of a configuration.
     *
     * @throws EngineException when the configuration demands a transport that cannot be used here
     */
    public static Transport choose(Configuration configuration) {
        boolean asked = configuration.runtime().transport() != TransportKind.NIO;
        return choose(configuration, asked ? EpollTransport.whyNot() : null);
    }

    /** @param whyNotEpoll {@code null} = epoll can be used */
    static Transport choose(Configuration configuration, @Nullable String whyNotEpoll) {
        return switch (configuration.runtime().transport()) {
            case NIO -> chosen(new NioTransport());
            case EPOLL -> {
                if (whyNotEpoll != null) {
                    throw new EngineException("runtime.transport: epoll cannot be used: " + whyNotEpoll
                            + ". Correct that, or set runtime.transport to auto.");
                }
                yield chosen(new EpollTransport());
            }
            case AUTO ->
                whyNotEpoll == null ? chosen(new EpollTransport()) : insteadOfEpoll(configuration, whyNotEpoll);
        };
    }

    private static Transport chosen(Transport transport) {
        LOG.info("transport {}", transport.name());
        return transport;
    }

    private static Transport insteadOfEpoll(Configuration configuration, String whyNotEpoll) {
        Transport transport = new NioTransport();
        LOG.info("transport {}; epoll cannot be used: {}", transport.name(), whyNotEpoll);
        if (configuration.listeners().stream().anyMatch(listener -> listener.socket().userTimeout().isPresent())) {
            LOG.warn("This transport cannot set TCP_USER_TIMEOUT, so socket.userTimeout changes nothing;"
                    + " timeouts.writeStall ends such connections.");
        }
        return transport;
    }
}
