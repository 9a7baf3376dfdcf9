package dev.sluice.runtime.service;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.sluice.runtime.testing.Ledger;
import dev.sluice.runtime.transport.epoll.PassedSocket;
import dev.sluice.runtime.transport.epoll.TestingPassedSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@EnabledOnOs(OS.LINUX)
class PassedSocketsTest {
    private static final long PID = 4711;

    private final Ledger ledger = Ledger.open();

    @AfterEach
    void nothingIsLeft() {
        ledger.settle();
    }

    private static Map<String, String> variables(String... namesAndValues) {
        Map<String, String> variables = new HashMap<>(Map.of("LISTEN_FDS", "1", "LISTEN_PID", "" + PID));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            variables.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return variables;
    }

    private static List<String> names(Map<String, String> variables, int first) {
        return PassedSockets.of(variables, PID, first).stream().map(PassedSocket::name).toList();
    }

    private static String refusal(Map<String, String> variables, int first) {
        return String.valueOf(assertThrows(IllegalArgumentException.class,
                () -> PassedSockets.of(variables, PID, first)).getMessage());
    }

    @Test
    void socketsHaveTheirNamesAndAddresses() throws Exception {
        try (TestingPassedSocket socket = TestingPassedSocket.onAnyPort("-")) {
            int first = socket.descriptor();
            List<PassedSocket> sockets = PassedSockets.of(variables("LISTEN_FDNAMES", "web:more"), PID, first);
            assertEquals("web", sockets.getFirst().name());
            assertEquals(socket.address(), sockets.getFirst().address());
            assertEquals(List.of("unknown"), names(variables("LISTEN_FDNAMES", ""), first));
            assertEquals(List.of("unknown"), names(variables(), first));
        }
    }

    @Test
    void withoutSocketsForThisProcessThereAreNone() {
        assertEquals(List.of(), names(Map.of(), 3));
        assertEquals(List.of(), names(Map.of("LISTEN_FDS", "1"), 3));
        assertEquals(List.of(), names(variables("LISTEN_PID", "4712"), 3));
        assertEquals(List.of(), names(variables("LISTEN_FDS", "0"), 3));
    }

    @Test
    void whatCannotBeUsedIsRefusedWithItsName() {
        assertTrue(refusal(variables("LISTEN_FDS", "many"), 3).startsWith("the variable LISTEN_FDS is 'many'"));
        assertTrue(refusal(variables("LISTEN_PID", "x"), 3).startsWith("the variable LISTEN_PID is 'x'"));
        String refusal = refusal(variables("LISTEN_FDNAMES", "web"), Integer.MAX_VALUE - 10);
        assertTrue(refusal.contains("(web) cannot be used: Bad file descriptor"), refusal);
    }
}
