package dev.sluice.runtime.admin;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

import dev.sluice.runtime.admin.TestingHttp.Response;
import dev.sluice.runtime.observe.CloseResult;
import dev.sluice.runtime.observe.ConnectionQuery;
import dev.sluice.runtime.observe.TestingProxyView;
import dev.sluice.runtime.selection.Fact;
import dev.sluice.runtime.selection.Selection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Requests about open connections: what is asked of the server, and what is refused. */
@Timeout(60)
class ConnectionRoutesTest {
    private final TestingProxyView view = TestingProxyView.ready();
    private AdminServer server;
    private SocketAddress address;

    @BeforeEach
    void start() throws IOException {
        server = AdminServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null,
                TestingParts.of(view, new TestingCommands()));
        address = server.address();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private ConnectionQuery query(String parameters) throws IOException {
        view.queries.clear();
        Response response = TestingHttp.get(address, "/connections?" + parameters);
        assertEquals(200, response.status(), response.body());
        assertEquals(1, view.queries.size());
        return view.queries.getFirst();
    }

    @Test
    void aPageAsksForOneMore() throws IOException {
        assertEquals(new ConnectionQuery(Selection.ALL, null, 7, 21), query("limit=20&after=7"));
    }

    @Test
    void aConditionIsDecodedAndParsed() throws IOException {
        Selection where = query("where=" + encoded("idle>5min and route=\"a & b\"")).where();
        assertEquals(
                "Junction[every=true, parts=[Numbers[fact=IDLE, order=MORE, value=300000000000], Texts[fact=ROUTE,"
                        + " patterns=[TextPattern[fixed=a & b, anyBefore=false, anyBehind=false]]]]]",
                where.toString());
        assertEquals(where, query("where=idle%3E5min%20and+route=%22a%20%26%20b%22").where());
    }

    @Test
    void theGreatestComeOnOnePage() throws IOException {
        for (int id = 1; id <= 30; id++) {
            view.connect(id, "192.0.2.7:" + id);
        }
        assertEquals(new ConnectionQuery(Selection.ALL, Fact.BYTES_OWNED, 0, 20), query("sort=bytes_owned&limit=20"));
        assertTrue(TestingHttp.get(address, "/connections?sort=age&limit=20").json().get("next").isNull());
        assertEquals(20, TestingHttp.get(address, "/connections?limit=20").json().get("next").asInt());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GET  | /connections?where=             | where, at position 1: the end; allowed: a field: id, ",
        "GET  | /connections?where=clint%3D1    | where, at position 1: unknown field \"clint\"; allowed: id, listener, ",
        "GET  | /connections?where=idle%3E5     | where, at position 6: idle: '5'; allowed: ",
        "GET  | /connections?sort=id            | sort is \"id\"; allowed: age, idle, bytes, ",
        "GET  | /connections?sort=              | sort is \"\"; allowed: age, ",
        "GET  | /connections?sort=age&after=3   | after turns pages of connections in the order of their ids; with sort use",
        "POST | /connections/close              | where is missing; it says which connections, such as listener=edge",
        "POST | /connections/close?dry-run      | where is missing",
        "POST | /connections/close?where=       | where, at position 1: the end; allowed: a field",
        "POST | /connections/close?where=%20    | where, at position 2: the end; allowed: a field",
        "POST | /connections/close?where=id%3D7&dry-run=x | dry-run is \"x\"; allowed: true, false"})
    void refused(String method, String path, String message) throws IOException {
        Response response = method.equals("GET") ? TestingHttp.get(address, path) : TestingHttp.post(address, path);
        assertEquals(400, response.status(), response.body());
        assertTrue(response.json().get("error").asString().startsWith(message), response.body());
        assertEquals(List.of(), view.closing);
        assertEquals(List.of(), view.queries);
    }

    /** Its opposite would be met by all. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"not listener=htps | where: there is no listener \"htps\"; there are: ",
        "cluster!=wed | where: there is no cluster \"wed\"; there are: ",
        "state!=opne | where, at position 8: state: there is no \"opne\"",
        "sni=a*b | where, at position 5: sni: \"a*b\" has a star in its middle"})
    void aNameThatThereIsNotIsRefused(String where, String message) throws IOException {
        view.generationsAlive = 1;
        Response response = TestingHttp.post(address, "/connections/close?where=" + encoded(where));
        assertEquals(400, response.status());
        assertTrue(response.json().get("error").asString().startsWith(message), response.body());
        assertEquals(List.of(), view.closing);
    }

    @Test
    void connectionsOfAnOlderConfigurationMayHaveOtherNames() throws IOException {
        view.generationsAlive = 2;
        assertEquals(200, TestingHttp.post(address, "/connections/close?where=listener%3Dold").status());
    }

    @Test
    void aDryRunOnlyCounts() throws IOException {
        view.closed = new CloseResult(3, true);
        Response response = TestingHttp.post(address, "/connections/close?dry-run&where=" + encoded("id>0"));
        assertEquals(200, response.status());
        assertEquals("{\"where\":\"id>0\",\"dry_run\":true,\"connections\":3,\"complete\":true,"
                + "\"connections_active\":4321,\"text\":\"3 connections of 4321 would be closed; nothing was changed\"}",
                response.json().toString());
        assertEquals(List.of("count id>0"), view.closing);
    }

    @Test
    void connectionsAreClosedByACondition() throws IOException {
        view.closed = new CloseResult(1, true);
        Response response = TestingHttp.post(address, "/connections/close?where=" + encoded("client in 10.0.0.0/8"));
        assertEquals(200, response.status());
        assertEquals("1 connection was closed, of 4321", response.json().get("text").asString());
        assertEquals(List.of("close client in 10.0.0.0/8"), view.closing);
        view.closed = new CloseResult(5, false);
        Response part = TestingHttp.post(address, "/connections/close?where=id%3E0&dry-run=false");
        assertFalse(part.json().get("complete").asBoolean());
        assertEquals("5 connections and more, of event loops that have not answered yet, were closed, of 4321",
                part.json().get("text").asString());
    }

    /** A page that a browser was tricked into opening must not close anything. */
    @Test
    void aForeignPageClosesNothing() throws IOException {
        assertEquals(405, TestingHttp.get(address, "/connections/close?where=id%3E0").status());
        assertEquals(403, TestingHttp.send(address, "POST", "/connections/close?where=id%3E0",
                "Host: localhost\r\nOrigin: http://evil.example").status());
        assertEquals(List.of(), view.closing);
    }
}
