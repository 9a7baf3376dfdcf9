package com.example.redisdeny;

import java.util.List;
import java.util.Random;

import dev.sluice.api.config.ConfigException;
import dev.sluice.api.testkit.FilterKit;
import dev.sluice.api.testkit.Outcome;
import dev.sluice.api.testkit.TestingConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.sluice.api.Direction.CLIENT_TO_UPSTREAM;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class RedisDenyTest {
    private static final RedisDenyConfig DENY = new RedisDenyConfig(List.of("FLUSHALL", "config"), true);
    private static final String SET = request("SET", "key", "line\r\n*1\r\n$8\r\nFLUSHALL\r\n");

    private static TestingConnection connect(RedisDenyConfig config) {
        return TestingConnection.of(new RedisDenyProvider(), config).connect();
    }

    /** {@return a command as clients send it} */
    private static String request(String... words) {
        StringBuilder text = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return text.toString();
    }

    /** The outcome, which is the same however the stream is cut and wherever it breaks off. */
    private static Outcome outcome(RedisDenyConfig config, String stream) {
        try (TestingConnection connection = connect(config)) {
            return FilterKit.of(connection).sameOutcomeForEverySegmentation(stream.getBytes(ISO_8859_1));
        }
    }

    private static String forwarded(Outcome outcome) {
        return new String(outcome.forwarded(CLIENT_TO_UPSTREAM), ISO_8859_1);
    }

    @Test
    void whatIsNotDeniedPasses() {
        String stream = SET + request("PING") + "*0\r\n" + "PING\r\n" + "  get key\r\n\r\n" + request("GET", "");
        Outcome outcome = outcome(DENY, stream);
        assertEquals(Outcome.State.OPEN, outcome.state());
        assertEquals(stream, forwarded(outcome));
    }

    @ParameterizedTest
    @CsvSource({"FLUSHALL, FLUSHALL", "flushall, FLUSHALL", "FlushAll, FLUSHALL", "CONFIG, CONFIG"})
    void aDeniedCommandClosesTheConnectionBehindThoseBeforeIt(String name, String shown) {
        Outcome outcome = outcome(DENY, SET + request(name, "ASYNC") + SET);
        assertEquals(Outcome.State.REJECTED, outcome.state());
        assertEquals(shown + " is denied", outcome.explanation());
        assertEquals(SET, forwarded(outcome));
    }

    @ParameterizedTest
    @ValueSource(strings = {"FLUSHALL\r\n", "flushall\n", " \t FLUSHALL ASYNC\r\n"})
    void aDeniedCommandIsAlsoFoundInAPlainLine(String line) {
        Outcome outcome = outcome(DENY, "PING\r\n" + line);
        assertEquals("FLUSHALL is denied", outcome.explanation());
        assertEquals("PING\r\n", forwarded(outcome));
    }

    @Test
    void onlyTheWholeNameOfACommandCounts() {
        String stream = request("FLUSHALL2") + request("FLUSH") + request("GET", "FLUSHALL") + "GET FLUSHALL\r\n";
        assertEquals(stream, forwarded(outcome(DENY, stream)));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "*1\r\n$8\nFLUSHALL\r\n",
        "*1\n$8\r\nFLUSHALL\r\n",
        "*\r\n",
        "*-1\r\n",
        "*x\r\n",
        "*1\r\n8\r\nFLUSHALL\r\n",
        "*1\r\n$-1\r\n",
        "*2\r\n$3\r\nGET\r\nkey\r\n",
        "*00000000000000000000000000000001\r\n",
        "\"FLUSHALL\"\r\n",
        "FLUSH\\x41LL\r\n",
        "\rFLUSHALL\r\n",
        "PING\rFLUSHALL\r\n",
        "\u000bFLUSHALL\r\n",
        "\0\r\n"
    })
    void whatCannotBeReadIsRefused(String stream) {
        Outcome outcome = outcome(DENY, stream);
        assertEquals(Outcome.State.REJECTED, outcome.state());
        assertEquals("not a Redis request", outcome.explanation());
    }

    @Test
    void plainLinesCanBeRefused() {
        Outcome outcome = outcome(new RedisDenyConfig(List.of("flushall"), false), request("PING") + "PING\r\n");
        assertEquals("a plain line, which the configuration does not let through", outcome.explanation());
        assertEquals(request("PING"), forwarded(outcome));
    }

    @Test
    void valuesAreNotHeldHoweverLongTheyAre() {
        String value = "x".repeat(1_000_000);
        String stream = request("SET", "key", value);
        TestingConnection connection = connect(DENY);
        connection.client(stream.substring(0, 500_000));
        assertEquals(0, connection.heldBytes(CLIENT_TO_UPSTREAM));
        connection.client(stream.substring(500_000) + request("FLUSHALL"));
        assertEquals(stream, connection.forwardedText(CLIENT_TO_UPSTREAM));
        assertEquals("FLUSHALL is denied", connection.explanation());
    }

    @Test
    void aLengthThatLiesCostsNothing() {
        TestingConnection connection = connect(DENY);
        connection.client("*1\r\n$999999999\r\n");
        assertEquals("the name of a command is too long", connection.explanation());
        assertEquals(Outcome.State.REJECTED, connection.state());
    }

    @Test
    void aNameMayBeAsLongAsCanBeHeld() {
        int header = "*1\r\n$4000\r\n\r\n".length();
        int longest = RedisDenyProvider.MAX_HELD_BYTES - header - 1;
        String fits = request("x".repeat(longest));
        TestingConnection connection = connect(DENY);
        for (int i = 0; i < fits.length(); i++) {
            connection.client(fits.substring(i, i + 1));
        }
        assertEquals(fits, connection.forwardedText(CLIENT_TO_UPSTREAM));
        connection.client(request("x".repeat(2 * longest)));
        assertEquals("the name of a command is too long", connection.explanation());
    }

    @Test
    void halfACommandIsWaitedForOnlySoLong() {
        TestingConnection connection = connect(DENY);
        connection.client(SET);
        connection.advance(connection.traits().holdDeadline().multipliedBy(10));
        assertEquals(Outcome.State.OPEN, connection.state());
        connection.client("*1\r\n$4\r\nPI");
        connection.advance(connection.traits().holdDeadline());
        assertEquals("a command did not come in time", connection.explanation());
    }

    @Test
    void clientsMayFinishBehindACommandAndNotInOne() {
        TestingConnection connection = connect(DENY);
        connection.client(SET);
        connection.clientFin();
        assertEquals(Outcome.State.OPEN, connection.state());
        connection.reconnect();
        connection.client("*1\r\n");
        connection.clientFin();
        assertEquals("the client finished in the middle of a command", connection.explanation());
    }

    /** Random pipelines: the outcome depends on the commands only. */
    @Test
    void pipelinesAreNeverBroken() {
        Random random = new Random(1);
        for (int round = 0; round < 50; round++) {
            StringBuilder stream = new StringBuilder();
            int good = -1;
            for (int i = 0; i < 6; i++) {
                if (random.nextInt(10) == 0 && good < 0) {
                    good = stream.length();
                    stream.append(request("config", "get", "x"));
                }
                stream.append(random.nextInt(3) == 0
                        ? "get key" + random.nextInt(10) + "\r\n"
                        : request("SET", "k" + random.nextInt(1000), "*".repeat(random.nextInt(20))));
            }
            Outcome outcome = outcome(DENY, stream.toString());
            assertEquals(good < 0 ? Outcome.State.OPEN : Outcome.State.REJECTED, outcome.state());
            assertEquals(good < 0 ? stream.toString() : stream.substring(0, good), forwarded(outcome));
        }
    }

    @Test
    void namesAreChecked() {
        ConfigException blank = assertThrows(ConfigException.class,
                () -> new RedisDenyConfig(List.of("flushall", "CONFIG SET"), true));
        assertEquals("commands[1]", blank.key());
        assertEquals("'config set' is not the name of a command", blank.what());
        assertEquals("one word, such as flushall", blank.allowed());
        assertEquals("config", blank.didYouMean());
        ConfigException empty = assertThrows(ConfigException.class, () -> new RedisDenyConfig(List.of(), true));
        assertEquals("commands", empty.key());
        assertEquals("an empty list denies nothing", empty.what());
    }
}
