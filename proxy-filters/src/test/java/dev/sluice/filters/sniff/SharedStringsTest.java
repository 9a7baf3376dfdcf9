package dev.sluice.filters.sniff;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.sluice.api.Attributes;
import dev.sluice.api.FilterFactory;
import dev.sluice.api.testkit.TestingConnection;
import dev.sluice.api.testkit.TestingEnvironment;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SharedStringsTest {
    private static final long SEED = 0x3141_5926_5358_9793L;
    private static final int NAMES = 5_000;
    private static final int LOOPS = 2;

    private static Spelling spelling(String text) {
        return new Spelling() {
            private int at;

            @Override
            public void rewind() {
                at = 0;
            }

            @Override
            public int next() {
                return at == text.length() ? END : text.charAt(at++);
            }
        };
    }

    @Test
    void theSameTextIsOneString() {
        SharedStrings strings = new SharedStrings(SEED);
        String first = strings.share(spelling("a.example"));
        assertEquals("a.example", first);
        assertSame(first, strings.share(spelling("a.example")));
        assertEquals("", strings.share(spelling("")));
        assertEquals("b.example", strings.share(spelling("b.example")));
        assertSame(first, strings.share(spelling("a.example")));
    }

    @Test
    void namesThatPushEachOtherOutStayRight() {
        SharedStrings strings = new SharedStrings(SEED);
        Set<String> made = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < 2 * NAMES; i++) {
            String name = "host-" + i % NAMES;
            String shared = strings.share(spelling(name));
            assertEquals(name, shared);
            made.add(shared);
        }
        int kept = 2 * NAMES - made.size();
        assertTrue(kept < 512, kept + " of " + NAMES + " strings were kept");
    }

    @Test
    void textsThatDifferByOrderOrLengthDiffer() {
        SharedStrings strings = new SharedStrings(SEED);
        for (String text : List.of("ab", "ba", "aab", "aba", "a", "\0", "\0\0", "b")) {
            assertEquals(text, strings.share(spelling(text)));
        }
    }

    @Test
    void severalLoopsMayAskAtOnce() throws Exception {
        FilterFactory factory = new SniffProvider().create(TestingSniffer.config(Unknown.PASS, Protocol.TLS),
                new TestingEnvironment());
        Callable<Integer> loop = () -> {
            try (TestingConnection connection = TestingConnection.of(factory).connect()) {
                for (int i = 0; i < NAMES; i++) {
                    String name = "host-" + i % 700;
                    connection.reconnect();
                    connection.client(new TestingHello().serverName(name).record());
                    assertEquals(name, connection.attribute(Attributes.SNI));
                }
            }
            return NAMES;
        };
        try (ExecutorService loops = Executors.newFixedThreadPool(LOOPS)) {
            for (Future<Integer> done : loops.invokeAll(Collections.nCopies(LOOPS, loop))) {
                assertEquals(NAMES, done.get());
            }
        }
    }
}
