package dev.sluice.runtime.selection;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Expressions on one connection, and the messages about those that are none. */
class SelectionTest {
    /** Whole hours and whole KiB: the real units are those of the configuration. */
    private static final Units UNITS = new Units() {
        @Override
        public Duration duration(String text) {
            return Duration.ofHours(number(text, "h"));
        }

        @Override
        public long size(String text) {
            return number(text, "KiB") << 10;
        }

        private static long number(String text, String unit) {
            if (!text.endsWith(unit)) {
                throw new IllegalArgumentException("'" + text + "' has no unit; allowed: " + unit);
            }
            return Long.parseLong(text.substring(0, text.length() - unit.length()));
        }
    };

    private final TestingSubject subject = new TestingSubject().with(Fact.ID, 7).with(Fact.LISTENER, "edge")
            .with(Fact.STATE, "open").with(Fact.GENERATION, 3).with(Fact.AGE, Duration.ofHours(5).toNanos())
            .with(Fact.IDLE, Duration.ofHours(2).toNanos()).with(Fact.BYTES_OWNED, 64 << 10)
            .with(Fact.SNI, "www.example.com").from(Fact.CLIENT, "10.1.2.3").from(Fact.PEER, "2001:db8::7");

    private boolean matches(String text) throws SelectionException {
        return SelectionParser.parse(text, UNITS).matches(subject);
    }

    @ParameterizedTest
    @ValueSource(strings = {"listener=edge", "listener = edge", "listener=\"edge\"", "listener!=pg",
        "listener in pg,edge",
        "listener in pg , \"edge\"", "id=7", "id<=7", "id>=7", "id!=8", "id<8", "id>6", "idle>1h", "age>=5h",
        "bytes_owned=64KiB", "client=10.1.2.3", "client!=10.1.2.4", "client in 10.0.0.0/8",
        "client in 192.0.2.0/24,10.1.2.3", "peer in 2001:db8::/32", "sni=*.example.com", "sni=www.*", "sni=*example*",
        "sni=*", "cluster=\"\"", "cluster!=web", "not cluster=web", "not not id=7", "((id=7))",
        "listener=edge and client in 10.0.0.0/8 and idle>1h and bytes_owned>=64KiB and generation<8",
        "id=1 or id=7", "id=7 or id=1 and id=2", "(id=7 or id=1) and state=open", "not id=1 and id=7",
        "not (id=1 or id=2)", "id=1\nor\tid=7"})
    void holds(String text) throws SelectionException {
        assertTrue(matches(text));
        assertEquals(false, matches("not (" + text + ")"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"listener=Edge", "listener!=edge", "listener in pg,web", "id<7", "id>7", "id!=7",
        "idle>2h", "bytes_owned>64KiB", "client in 192.0.2.0/24", "client=10.1.2.4", "client!=10.1.2.3",
        "sni=example.com",
        "sni=*.example", "sni=ww.*", "sni=\"\"", "cluster=*", "cluster=web", "(id=7 or id=1) and id=2",
        "not id=7 and id=7", "id=1 or id=2"})
    void doesNotHold(String text) throws SelectionException {
        assertEquals(false, matches(text));
        assertTrue(matches("not (" + text + ")"));
    }

    /** On a Unix socket there is no address: it is in no network, and not the one that was named. */
    @Test
    void aMissingAddressIsNone() throws SelectionException {
        TestingSubject nobody = new TestingSubject();
        assertEquals(false, SelectionParser.parse("client in 0.0.0.0/0,::/0", UNITS).matches(nobody));
        assertTrue(SelectionParser.parse("client!=10.1.2.3", UNITS).matches(nobody));
        assertTrue(Selection.ALL.matches(nobody));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "''                     | at position 1: the end; allowed: a field: id, listener,",
        "listner=edge           | at position 1: unknown field \"listner\"; allowed: id, listener,",
        "id=7 and               | at position 9: the end; allowed: a field:",
        "id=7 id=8              | at position 6: \"id\"; allowed: \"and\", \"or\" or the end",
        "id=7 AND id=8          | at position 6: \"AND\"; allowed: \"and\"",
        "(id=7                  | at position 6: the end; allowed: \"and\", \"or\" or \")\"",
        "id=7)                  | at position 5: \")\"; allowed: \"and\"",
        "id                     | at position 3: the end; allowed: a comparison of id: < <= = != >= >",
        "id in 7                | at position 4: \"in\"; allowed: a comparison of id",
        "listener>edge          | at position 9: \">\"; allowed: a comparison of listener: = != in",
        "client<10.1.2.3        | at position 7: \"<\"; allowed: a comparison of client: = != in",
        "id=x                   | at position 4: id: 'x' is no number",
        "id=-1                  | at position 4: id: '-1' is no number",
        "id=                    | at position 4: the end; allowed: a value of id",
        "id==7                  | at position 4: \"=\"; allowed: a value of id",
        "idle>90                | at position 6: idle: '90' has no unit; allowed: h",
        "bytes_owned>64         | at position 13: bytes_owned: '64' has no unit; allowed: KiB",
        "client=10.0.0.0/8      | at position 8: client: '10.0.0.0/8': ",
        "client in 10.0.0.1/8   | at position 11: client: ",
        "client in 10.0.0.0/8,  | at position 22: the end; allowed: a value of client",
        "sni=\"www               | at position 5: a quotation mark that is not closed",
        "\"id\"=7                | at position 1: \"\"id\"\"; allowed: a field",
        "!id=7                  | at position 1: \"!\"; allowed: a field"})
    void messagesHaveThePlaceAndWhatIsAllowed(String text, String expected) {
        String message = String.valueOf(
                assertThrows(SelectionException.class, () -> matches(text)).getMessage());
        assertTrue(message.startsWith(expected), message);
    }

    @Test
    void boundsAreKept() throws SelectionException {
        assertTrue(matches("not ".repeat(18) + "id=7"));
        String deep = assertThrows(SelectionException.class, () -> matches("(".repeat(500) + "id=7")).getMessage();
        assertEquals("at position 21: more than 20 levels of \"not\" and parentheses", deep);
        assertTrue(matches("id=7" + " and id=7".repeat(63)));
        assertThrows(SelectionException.class, () -> matches("id=7" + " and id=7".repeat(64)));
        assertThrows(SelectionException.class, () -> matches("id=7" + " ".repeat(2_000)));
    }

    @Test
    void everyFactHasAName() {
        for (Fact fact : Fact.values()) {
            assertEquals(fact, Fact.of(fact.label()));
        }
        assertEquals("age, idle, bytes, bytes_up, bytes_down, bytes_owned", Fact.ranks());
    }
}
