package dev.sluice.api.testkit;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import dev.sluice.api.AttributeKey;
import dev.sluice.api.Attributes;
import dev.sluice.api.CloseReason;
import dev.sluice.api.ConnectDecision;
import dev.sluice.api.ConnectionContext;
import dev.sluice.api.ConnectionFilter;
import dev.sluice.api.ConnectionInfo;
import dev.sluice.api.DataAction;
import dev.sluice.api.FilterEnvironment;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.FilterProvider;
import dev.sluice.api.FilterTraits;
import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static dev.sluice.api.Direction.UPSTREAM_TO_CLIENT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ConnectingTest {
    private static final FilterTraits SEES_NOTHING = FilterTraits.connectionOnly();
    private static final FilterTraits IS_WAITED_FOR = FilterTraits.inspects(CLIENT_TO_UPSTREAM)
            .waitedForBeforeRouting();

    private static TestingFilter deciding(ConnectDecision decision) {
        return new TestingFilter(SEES_NOTHING).onConnect(context -> decision);
    }

    private static TestingFilter refusing(ConnectDecision decision, String reason) {
        return new TestingFilter(SEES_NOTHING).onConnect(context -> {
            context.explain(reason);
            return decision;
        });
    }

    private static TestingFilter routing(String cluster) {
        return new TestingFilter(SEES_NOTHING).onConnect(context -> {
            context.route(cluster);
            return ConnectDecision.ACCEPT;
        });
    }

    @Test
    void anAcceptedConnectionPassesBytesBothWays() {
        TestingFilter filter = deciding(ConnectDecision.ACCEPT);
        TestingConnection connection = TestingConnection.of(filter).connect();
        connection.client("ping");
        connection.upstream("pong");
        connection.clientFin();
        connection.upstreamFin();
        assertEquals("ping", connection.forwardedText(CLIENT_TO_UPSTREAM));
        assertEquals("pong", connection.forwardedText(UPSTREAM_TO_CLIENT));
        assertEquals(CloseReason.CLIENT_FINISHED, connection.closeReason());
        assertEquals(List.of("connect", "close client-finished"), filter.calls);
    }

    @Test
    void aRejectedConnectionIsClosedWithItsReason() {
        TestingFilter filter = refusing(ConnectDecision.REJECT, "not today");
        TestingConnection connection = TestingConnection.of(filter).connect();
        connection.client("lost");
        assertEquals(Outcome.State.REJECTED, connection.state());
        assertEquals("not today", connection.explanation());
        assertEquals("", connection.forwardedText(CLIENT_TO_UPSTREAM));
        assertEquals(List.of("connect", "close filter-rejected"), filter.calls);
    }

    @Test
    void aTarpittedConnectionIsNotServed() {
        TestingFilter filter = refusing(ConnectDecision.TARPIT, "scanner");
        TestingConnection connection = TestingConnection.of(filter).connect();
        connection.client("lost");
        assertEquals(Outcome.State.TARPITTED, connection.state());
        assertEquals(CloseReason.FILTER_TARPITTED, connection.closeReason());
        assertEquals("scanner", connection.explanation());
        assertEquals("", connection.forwardedText(CLIENT_TO_UPSTREAM));
    }

    @Test
    void aRoutedConnectionGoesToItsCluster() {
        TestingConnection connection = TestingConnection.of(routing("web")).clusters("web")
                .connect();
        assertEquals("web", connection.routedTo());
        assertEquals(Outcome.State.OPEN, connection.state());
    }

    @Test
    void aClusterThatDoesNotExistIsAFailure() {
        TestingConnectionBuilder builder = TestingConnection.of(routing("wbe"))
                .clusters("web", "db");
        assertEquals("filter 'filter': there is no cluster 'wbe'; there are [db, web]",
                causeOf(assertThrows(AssertionError.class, builder::connect)).getMessage());
        TestingConnection connection = TestingConnection
                .of(new TestingFilter(IS_WAITED_FOR).onData((direction, bytes, context) -> {
                    context.route("wbe");
                    return DataAction.DETACH;
                })).clusters("web").connect();
        assertThrows(AssertionError.class, () -> connection.client("x"));
    }

    private static Throwable causeOf(Throwable error) {
        Throwable cause = error.getCause();
        assertNotNull(cause);
        return cause;
    }

    @Test
    void whoIsWaitedForMayRouteUntilItDetaches() {
        TestingFilter filter = new TestingFilter(IS_WAITED_FOR).onData((direction, bytes, context) -> {
            context.route(bytes.get(0) == 'a' ? "a" : "b");
            bytes.forwardAll();
            return bytes.get(0) == 'z' ? DataAction.DETACH : DataAction.CONTINUE;
        });
        TestingConnection connection = TestingConnection.of(filter).connect();
        connection.client("a");
        assertEquals("a", connection.routedTo());
        assertFalse(connection.isRouted());
        assertThrows(IllegalStateException.class, () -> connection.upstream("not dialled yet"));
        connection.client("z");
        assertEquals("b", connection.routedTo());
        connection.upstream("hello");
        assertEquals("hello", connection.forwardedText(UPSTREAM_TO_CLIENT));
    }

    @Test
    void whoIsNotWaitedForIsTooLateToRoute() {
        TestingFilter filter = new TestingFilter(FilterTraits.inspects(CLIENT_TO_UPSTREAM))
                .onData((direction, bytes, context) -> {
                    context.route("web");
                    return DataAction.DETACH;
                });
        TestingConnection connection = TestingConnection.of(filter).expectingFailure().connect();
        connection.client("x");
        assertEquals(Outcome.State.FAILED, connection.state());
        assertEquals(
                "the connection has been routed already, to web is too late; declare FilterTraits.waitedForBeforeRouting",
                String.valueOf(connection.failure()).replaceFirst("[^:]*: ", ""));
    }

    @Test
    void whateverACallbackThrowsEndsTheConnectionAndFailsTheTest() {
        Error broken = new StackOverflowError("mine");
        TestingFilter filter = new TestingFilter(SEES_NOTHING).onConnect(context -> {
            throw broken;
        });
        var error = assertThrows(AssertionError.class, () -> TestingConnection.of(filter).connect());
        assertSame(broken, error.getCause());
        assertEquals(List.of("connect", "close filter-failed"), filter.calls);

        TestingConnection expected = TestingConnection.of(filter).expectingFailure().connect();
        assertEquals(Outcome.State.FAILED, expected.state());
        assertSame(broken, expected.failure());
        assertEquals(CloseReason.FILTER_FAILED, expected.closeReason());
    }

    @Test
    void aFilterThatFailsToCloseHasFailed() {
        TestingFilter filter = new TestingFilter(SEES_NOTHING).onClose(() -> {
            throw new IllegalStateException("cannot close");
        });
        TestingConnection connection = TestingConnection.of(filter).connect();
        assertThrows(AssertionError.class, connection::clientReset);
        assertEquals(List.of("connect", "close client-reset"), filter.calls);
    }

    @Test
    void aFilterThatWasNotMadeIsNotClosed() {
        FilterFactory factory = new FilterFactory() {
            @Override
            public FilterTraits traits() {
                return SEES_NOTHING;
            }

            @Override
            public ConnectionFilter newFilter(ConnectionInfo connection) {
                throw new IllegalStateException("no filter today");
            }
        };
        TestingConnection connection = TestingConnection.of(factory).expectingFailure().connect();
        assertEquals(Outcome.State.FAILED, connection.state());
        assertNull(connection.decision());
    }

    @Test
    void factsAreForTheFiltersBehindAndTheLog() {
        AttributeKey<Integer> count = AttributeKey.of("test.count", Integer.class);
        TestingFilter filter = new TestingFilter(SEES_NOTHING).onConnect(context -> {
            context.set(count, Integer.valueOf(String.valueOf(context.get(Attributes.SNI)).length()));
            return ConnectDecision.ACCEPT;
        });
        TestingConnection connection = TestingConnection.of(filter).attribute(Attributes.SNI, "example.com").connect();
        assertEquals(11, connection.attribute(count));
        assertNull(connection.attribute(Attributes.PROTOCOL));
        connection.reconnect();
        assertEquals("example.com", connection.attribute(Attributes.SNI));
    }

    @Test
    void aConnectionHasAtMost32Facts() {
        TestingFilter filter = new TestingFilter(SEES_NOTHING).onConnect(context -> {
            for (int i = 0; i < 33; i++) {
                context.set(AttributeKey.of("test." + i, String.class), "");
            }
            return ConnectDecision.ACCEPT;
        });
        TestingConnection connection = TestingConnection.of(filter).expectingFailure().connect();
        assertEquals(32, connection.outcome().attributes().size());
        assertInstanceOf(IllegalStateException.class, connection.failure());
    }

    @Test
    void theContextIsForCallbacksOnly() {
        AtomicReference<@Nullable ConnectionContext> kept = new AtomicReference<>();
        TestingFilter filter = new TestingFilter(SEES_NOTHING).onConnect(context -> {
            kept.compareAndSet(null, context);
            return ConnectDecision.ACCEPT;
        });
        TestingConnection connection = TestingConnection.of(filter).connect();
        ConnectionContext context = kept.get();
        assertNotNull(context);
        assertThrows(IllegalStateException.class, () -> context.explain("too late"));
        assertThrows(AssertionError.class, connection::state);
    }

    @Test
    void theContextTellsWhoseConnectionItIs() {
        StringBuilder seen = new StringBuilder();
        TestingFilter filter = new TestingFilter(SEES_NOTHING).onConnect(context -> {
            seen.append(context.id()).append(' ').append(context.listener())
                    .append(' ').append(context.peer()).append(' ').append(context.peerPort())
                    .append(' ').append(context.source()).append(' ').append(context.sourcePort())
                    .append(' ').append(context.destination()).append(' ').append(context.destinationPort())
                    .append('\n');
            return ConnectDecision.ACCEPT;
        });
        TestingConnection.of(filter).source(IpAddress.ofIpv4(1), 7).connect().reconnect();
        TestingConnection.of(filter).peer(IpAddress.ofIpv4(2), 8).destination(IpAddress.ofIpv4(3), 9).connect();
        TestingConnection.of(filter).unixClient().connect();
        assertEquals("""
                1 test 0.0.0.1 7 0.0.0.1 7 198.51.100.1 443
                2 test 0.0.0.1 7 0.0.0.1 7 198.51.100.1 443
                1 test 0.0.0.2 8 192.0.2.1 50000 0.0.0.3 9
                1 test null 0 null 0 null 0
                """, seen.toString());
    }

    @Test
    void aRejectedClientGetsItsLastBytes() {
        byte[] banner = {'5', '5', '4'};
        TestingFilter filter = new TestingFilter(SEES_NOTHING).onConnect(context -> {
            context.sendLast(banner);
            return ConnectDecision.REJECT;
        });
        TestingConnection rejected = TestingConnection.of(filter).connect();
        assertArrayEquals(banner, rejected.lastBytes());
        assertTrue(rejected.outcome().toString().contains("last bytes \"554\""), rejected.outcome().toString());

        TestingFilter polite = new TestingFilter(FilterTraits.inspects(CLIENT_TO_UPSTREAM))
                .onData((direction, bytes, context) -> {
                    context.sendLast(banner);
                    bytes.forwardAll();
                    return bytes.get(0) == 'a' ? DataAction.CONTINUE : DataAction.REJECT;
                });
        TestingConnection accepted = TestingConnection.of(polite).connect();
        accepted.client("a");
        assertNull(accepted.lastBytes());
        accepted.client("b");
        assertArrayEquals(banner, accepted.lastBytes());
    }

    @Test
    void lastBytesOfACallbackThatDoesNotRejectAreForgotten() {
        TestingFilter filter = new TestingFilter(FilterTraits.inspects(CLIENT_TO_UPSTREAM)).onConnect(context -> {
            context.sendLast(new byte[1]);
            return ConnectDecision.ACCEPT;
        }).onData((direction, bytes, context) -> DataAction.REJECT);
        TestingConnection connection = TestingConnection.of(filter).connect();
        connection.client("x");
        assertEquals(Outcome.State.REJECTED, connection.state());
        assertNull(connection.lastBytes());
    }

    @Test
    void tooManyLastBytesAreAFailure() {
        TestingFilter filter = new TestingFilter(SEES_NOTHING).onConnect(context -> {
            context.sendLast(new byte[ConnectionContext.MAX_LAST_BYTES + 1]);
            return ConnectDecision.REJECT;
        });
        TestingConnection connection = TestingConnection.of(filter).expectingFailure().connect();
        assertEquals("java.lang.IllegalArgumentException: sendLast with 513 bytes; at most 512 are allowed",
                String.valueOf(connection.failure()));
    }

    @Test
    void whoTransformsIsATransformFilterAndNobodyElse() {
        FilterFactory plain = new FilterFactory() {
            @Override
            public FilterTraits traits() {
                return FilterTraits.transforms(CLIENT_TO_UPSTREAM);
            }

            @Override
            public ConnectionFilter newFilter(ConnectionInfo connection) {
                return new ConnectionFilter() {
                };
            }
        };
        assertEquals(
                "java.lang.IllegalStateException: filter 'filter' is no TransformFilter, but its traits say transforms(…)",
                String.valueOf(TestingConnection.of(plain).expectingFailure().connect().failure()));
    }

    @Test
    void peersCannotDoWhatNoPeerCan() {
        TestingConnection connection = TestingConnection.of(deciding(ConnectDecision.ACCEPT)).connect();
        connection.clientFin();
        assertThrows(IllegalStateException.class, connection::clientFin);
        assertThrows(IllegalStateException.class, () -> connection.client("behind FIN"));
    }

    @Test
    void aFactoryThatWasMadeHereIsClosedHere() {
        TestingProvider provider = new TestingProvider();
        TestingConnection connection = TestingConnection.of(provider, new TestingProvider.Config("x")).connect();
        connection.close();
        assertEquals("made x, closed", provider.life);
        assertTrue(connection.closeReason() == CloseReason.OPERATOR);
    }

    private static final class TestingProvider implements FilterProvider<TestingProvider.Config> {
        record Config(String value) {}

        String life = "";

        @Override
        public String type() {
            return "testing";
        }

        @Override
        public Class<Config> configType() {
            return Config.class;
        }

        @Override
        public FilterFactory create(Config config, FilterEnvironment environment) {
            life += "made " + config.value();
            return new FilterFactory() {
                @Override
                public FilterTraits traits() {
                    return SEES_NOTHING;
                }

                @Override
                public ConnectionFilter newFilter(ConnectionInfo connection) {
                    return new ConnectionFilter() {
                    };
                }

                @Override
                public void close() {
                    life += ", closed";
                }
            };
        }
    }
}
