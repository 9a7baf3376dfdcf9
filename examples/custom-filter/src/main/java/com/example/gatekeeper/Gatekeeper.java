package com.example.gatekeeper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executor;

import dev.sluice.api.Answer;
import dev.sluice.api.ConnectDecision;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.Suspension;
import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigRange;
import dev.sluice.api.net.IpAddress;

/** The filter type {@code gatekeeper}. */
public final class Gatekeeper implements FilterProvider<Gatekeeper.Config> {
    /**
     * The configuration.
     *
     * @param address of the service
     * @param port of the service
     * @param timeout the longest wait for its answer
     */
    public record Config(
            @ConfigDescription("IP address of the service to ask.") IpAddress address,
            @ConfigDescription("Port of the service to ask.") @ConfigRange(min = "1", max = "65535") int port,
            @ConfigDescription("Longest wait for an answer; without one the client is refused.") @ConfigRange(min = "1ms", max = "1m") @ConfigDefault("1s") Duration timeout) {}

    @Override
    public String type() {
        return "gatekeeper";
    }

    @Override
    public Class<Config> configType() {
        return Config.class;
    }

    @Override
    public String description() {
        return "Asks a service whether a client may connect.";
    }

    @Override
    public FilterFactory create(Config config, FilterEnvironment environment) {
        ConnectionFilter filter = new Filter(config, environment.executor());
        return new FilterFactory() {
            @Override
            public FilterTraits traits() {
                return FilterTraits.connectionOnly();
            }

            @Override
            public ConnectionFilter newFilter(ConnectionInfo connection) {
                return filter;
            }
        };
    }

    /** Without state of a connection, so one instance serves all of them. */
    private record Filter(Config config, Executor executor) implements ConnectionFilter {
        @Override
        public ConnectDecision onConnect(ConnectionContext context) {
            IpAddress client = context.source();
            if (client == null) {
                context.explain("a client without an address");
                return ConnectDecision.REJECT;
            }
            Suspension wait = context.suspend(config.timeout(), Answer.reject("the service did not answer in time"));
            Socket socket = new Socket();
            // When the time is over or the client has gone, the task below must not wait any longer.
            wait.onCancel(() -> close(socket));
            // This method runs on the event loop and must not block; the task has a thread of its own, and may.
            executor.execute(() -> wait.complete(ask(socket, client)));
            return ConnectDecision.SUSPEND;
        }

        private Answer ask(Socket socket, IpAddress client) {
            try (socket) {
                socket.connect(new InetSocketAddress(config.address().toInetAddress(), config.port()));
                socket.getOutputStream().write((client + "\n").getBytes(StandardCharsets.US_ASCII));
                return socket.getInputStream().read() == '+'
                        ? Answer.accept()
                        : Answer.reject("the service refuses this client");
            } catch (IOException e) {
                return Answer.reject("the service cannot be asked: " + e.getMessage());
            }
        }

        private static void close(Socket socket) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
