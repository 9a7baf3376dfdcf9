package dev.sluice.runtime;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

import dev.sluice.api.CloseReason;
import dev.sluice.runtime.observe.CloseResult;
import dev.sluice.runtime.observe.ConnectionQuery;
import dev.sluice.runtime.observe.ConnectionView;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.ProxyView;
import dev.sluice.runtime.selection.Fact;
import dev.sluice.runtime.selection.Selection;
import dev.sluice.runtime.selection.SelectionException;
import dev.sluice.runtime.selection.SelectionParser;
import dev.sluice.runtime.testing.Await;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingProxy;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Real connections on two event loops: what is found, what comes first, what is closed. */
@Timeout(120)
class LiveViewTest {
    private static final int CLIENTS = 120;

    private final TestingUpstream upstream = TestingUpstream.echo();
    private final TestingProxy proxy = TestingProxy.builder().endpoint(upstream).start();
    private final ProxyView view = proxy.server().engine().view();
    private final List<TestingClient> clients = new ArrayList<>();

    /** Each client has sent as many bytes as there are clients before it, and one. */
    @BeforeEach
    void connect() throws Exception {
        for (int i = 1; i <= CLIENTS; i++) {
            TestingClient client = proxy.connect();
            client.roundTrip("x".repeat(i));
            clients.add(client);
        }
        Await.equal("open connections", CLIENTS, () -> proxy.stats().connectionsActive());
    }

    @AfterEach
    void end() throws Exception {
        for (TestingClient client : clients) {
            client.close();
        }
        proxy.awaitIdle();
        proxy.close();
        upstream.close();
    }

    private static Selection where(String text) throws SelectionException {
        return SelectionParser.parse(text, new ConfigUnits());
    }

    private List<ConnectionView> find(String text, int limit) throws SelectionException {
        return view.connections(new ConnectionQuery(where(text), null, 0, limit));
    }

    @Test
    void conditionsAreThoseOfTheView() throws Exception {
        List<ConnectionView> all = view.connections(0, 1000);
        assertEquals(CLIENTS, all.size());
        ConnectionView some = all.get(77);
        assertEquals(List.of(some.id()), find("id=" + some.id(), 10).stream().map(ConnectionView::id).toList());
        assertEquals(CLIENTS, find("listener=edge and cluster=app and endpoint=" + upstream.address()
                + " and client in 127.0.0.0/8 and peer=127.0.0.1 and state=open and generation=1 and age<1h and idle<1h"
                + " and bytes_owned=0 and sni=\"\" and protocol=\"\" and route=routes*", 1000).size());
        assertEquals(all.stream().filter(each -> each.bytesUp() > 70).map(ConnectionView::id).toList(),
                find("bytes_up>70", 1000).stream().map(ConnectionView::id).toList());
        assertEquals(10, find("bytes>=222", 10).size());
        assertEquals(List.of(), find("bytes_down>1KiB or idle>1h or not listener=edge", 10));
    }

    /** The greatest of both loops, in order; the test knows all of them. */
    @Test
    void theGreatestComeFirst() throws Exception {
        for (Fact rank : List.of(Fact.BYTES, Fact.BYTES_UP, Fact.BYTES_DOWN)) {
            List<ConnectionView> greatest = view.connections(new ConnectionQuery(Selection.ALL, rank, 0, 20));
            assertEquals(view.connections(0, 1000).stream().map(ConnectionView::bytesUp)
                    .sorted(Comparator.reverseOrder()).limit(20).toList(),
                    greatest.stream().map(ConnectionView::bytesUp).toList());
        }
        // Ids ascend with the time of the accept, but for that a loop reads the clock once in a turn, which the other one may have begun later.
        List<Long> oldest = view.connections(new ConnectionQuery(Selection.ALL, Fact.AGE, 0, 1000)).stream()
                .map(ConnectionView::id).toList();
        assertEquals(CLIENTS, Set.copyOf(oldest).size());
        for (int i = 0; i < CLIENTS; i++) {
            assertEquals(i + 1, oldest.get(i), 3, oldest::toString);
        }
        List<ConnectionView> small = view
                .connections(new ConnectionQuery(where("bytes_up<=10"), Fact.BYTES_UP, 0, 3));
        assertEquals(List.of(10L, 9L, 8L), small.stream().map(ConnectionView::bytesUp).toList());
    }

    @Test
    void aDryRunChangesNothingAndTheRealOneClosesWhatItCounted() throws Exception {
        String text = "bytes_up>40";
        assertEquals(new CloseResult(80, true), view.closeConnections(where(text), text, true));
        assertEquals(CLIENTS, proxy.stats().connectionsActive());
        assertEquals(new CloseResult(80, true), view.closeConnections(where(text), text, false));
        Await.equal("open connections", 40, () -> proxy.stats().connectionsActive());
        assertEquals(80, proxy.closed(CloseReason.OPERATOR));
        assertTrue(find(text, 10).isEmpty());
        for (int i = 0; i < 40; i++) {
            assertEquals("y", clients.get(i).roundTrip("y"), "those that do not meet it go on");
        }
        Event last = view.events(0).getLast();
        assertEquals(Event.Kind.OPERATOR, last.kind());
        assertEquals("connections where bytes_up>40: 80 closed", last.subject() + ": " + last.text());
    }
}
