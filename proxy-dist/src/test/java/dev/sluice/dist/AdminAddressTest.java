package dev.sluice.dist;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.sluice.dist.TestingCommand.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.sluice.dist.TestingCommand.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The way to a daemon: where a command looks for it, with which token, and what it says of something else that it finds there. */
@Timeout(60)
class AdminAddressTest {
    @TempDir
    private Path directory;

    @Test
    void aUnixSocketIsReached() throws Exception {
        Path socket = directory.resolve("admin.sock");
        try (TestingAdmin admin = TestingAdmin.on(UnixDomainSocketAddress.of(socket)).answers(200,
                "{\"result\":\"unchanged\",\"text\":\"nothing has changed\"}")) {
            assertEquals(new Outcome(0, "nothing has changed\n", ""), run(admin, "reload"));
            assertTrue(admin.requests.getFirst().contains("\r\nHost: localhost\r\n"), admin.requests.getFirst());
        }
        Outcome gone = run(Map.of(), "reload", "--admin", "unix:" + socket + ".gone");
        assertEquals(1, gone.code());
        assertTrue(gone.err().startsWith("sluice: no answer from unix:" + socket + ".gone (--admin): "), gone.err());
        assertTrue(gone.err().contains("Is the daemon running"), gone.err());
    }

    @Test
    void nobodyIsNamedWithTheAddressAndItsOrigin() throws Exception {
        String address;
        try (ServerSocketChannel closed = ServerSocketChannel.open()) {
            closed.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
            address = "127.0.0.1:" + ((InetSocketAddress) closed.getLocalAddress()).getPort();
        }
        Outcome outcome = run(Map.of("SLUICE_ADMIN", address), "reload");
        assertEquals(new Outcome(1, "", "sluice: no answer from " + address + " (SLUICE_ADMIN): connection refused."
                + " Is the daemon running, and is this its admin.listen?\n"), outcome);
    }

    @Test
    void oneThatNeverAnswersIsGivenUp() throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp().neverAnswers()) {
            Outcome outcome = run(admin, "reload", "--timeout", "1s");
            assertEquals(1, outcome.code());
            assertTrue(outcome.err().contains("it took the connection and did not answer within"), outcome.err());
        }
    }

    @Test
    void oneThatTakesNoConnectionIsGivenUp() throws Exception {
        List<SocketChannel> waiting = new ArrayList<>();
        try (ServerSocketChannel full = ServerSocketChannel.open()) {
            full.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 1);
            // Each takes a place in the backlog, until there is none.
            for (int i = 0; i < 20; i++) {
                SocketChannel one = SocketChannel.open();
                waiting.add(one);
                one.configureBlocking(false);
                one.connect(full.getLocalAddress());
            }
            String address = "127.0.0.1:" + ((InetSocketAddress) full.getLocalAddress()).getPort();
            AdminClient client = new AdminClient(AdminTarget.find(address, null, null, Map.of()));
            NoAnswerException late = assertThrows(NoAnswerException.class,
                    () -> client.ask("GET", "/live", Duration.ofMillis(300)));
            assertTrue(String.valueOf(late.getMessage()).contains("no connection within 300 ms"), late.getMessage());
        } finally {
            for (SocketChannel one : waiting) {
                one.close();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '`', value = {
        "SSH-2.0-OpenSSH_9.6\\r\\n@what answers there does not speak HTTP; it says 'SSH-2.0-OpenSSH_9.6\uFFFD\uFFFD'",
        "HTTP/1.1 200 OK\\r\\n@what answers there does not speak HTTP",
        "HTTP/2 200\\r\\n\\r\\n{}@what answers there does not speak HTTP",
        "HTTP/1.1 404 Not Found\\r\\nContent-Length: 13\\r\\n\\r\\n<html></html>@it answers 404, but not as Sluice does: '<html></html>'",
        "HTTP/1.1 200 OK\\r\\n\\r\\n[1]@it answers 200, but not as Sluice does: '[1]'",
        "HTTP/1.1 200 OK\\r\\n\\r\\n{\"a\":@it answers 200, but not as Sluice does",
        "HTTP/1.1 200 OK\\r\\nContent-length: 9\\r\\n\\r\\n{}@its answer ended after 2 of 9 bytes",
        "``@it closed the connection without an answer"})
    void somethingElseIsNotTakenForAnAnswer(String answer, String message) throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp()
                .answersRaw(answer.replace("\\r", "\r").replace("\\n", "\n"))) {
            for (String command : List.of("reload", "conns", "drain")) {
                Outcome outcome = run(admin, command);
                assertEquals(1, outcome.code(), outcome.toString());
                assertEquals("", outcome.out());
                assertTrue(outcome.err().contains(message), outcome.err());
                assertTrue(outcome.err().startsWith("sluice: no answer from " + admin.address() + " (--admin): "),
                        outcome.err());
            }
        }
    }

    @Test
    void theConfigurationSaysWhereTheDaemonIs() throws Exception {
        try (TestingAdmin admin = TestingAdmin.tcp().answers(200, "{\"result\":\"applied\",\"text\":\"done\"}")) {
            Path token = Files.writeString(directory.resolve("token"), "s3cret\n");
            Path file = Files.writeString(directory.resolve("sluice.yaml"),
                    "admin: { listen: \"" + admin.address() + "\", tokenFile: token }\nlisteners: broken\n");
            assertEquals(0, run(Map.of("SLUICE_ADMIN", ""), "reload", "-c", file.toString()).code());
            assertTrue(admin.requests.getFirst().contains("\r\nAuthorization: Bearer s3cret\r\n"));
            // The address from elsewhere, the token from the file.
            Files.writeString(file, "admin: { listen: \"unix:/nowhere\", tokenFile: token }\n");
            assertEquals(0, run(Map.of("SLUICE_ADMIN", admin.address()), "reload", "-c", file.toString()).code());
            assertTrue(admin.requests.get(1).contains("\r\nAuthorization: Bearer s3cret\r\n"));
            // Nothing from the file, which need not even be there.
            Path other = Files.writeString(directory.resolve("other"), "another");
            assertEquals(0, run(Map.of("SLUICE_TOKEN_FILE", token.toString()), "reload", "-c", file + ".gone",
                    "--admin", admin.address(), "--token-file", other.toString()).code());
            assertTrue(admin.requests.get(2).contains("\r\nAuthorization: Bearer another\r\n"));
            assertEquals(0, run(Map.of("SLUICE_TOKEN_FILE", token.toString(), "SLUICE_ADMIN", admin.address()),
                    "drain").code());
            assertTrue(admin.requests.get(3).contains("\r\nAuthorization: Bearer s3cret\r\n"));
        }
    }

    @Test
    void aConfigurationThatDoesNotSayItIsExplained() throws Exception {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), "listeners: []\n");
        Outcome none = run(Map.of(), "reload", "-c", file.toString());
        assertEquals(1, none.code());
        assertTrue(none.err().startsWith("sluice: " + file + " has no admin.listen: "), none.err());

        Files.writeString(file, "admin: { listen: \"127.0.0.1:0\" }\n");
        Outcome any = run(Map.of(), "reload", "-c", file.toString());
        assertEquals(1, any.code());
        assertTrue(any.err().startsWith("sluice: " + file + " has port 0 in admin.listen: "), any.err());

        Files.writeString(file, "admin: { listen: 9901 }\n");
        Outcome wrong = run(Map.of(), "reload", "-c", file.toString());
        assertEquals(78, wrong.code());
        assertTrue(wrong.err().startsWith(file + ":1:18 admin.listen: "), wrong.err());
        assertTrue(wrong.err().endsWith("1 problem in " + file + "\n"), wrong.err());
    }

    @Test
    void aWildcardIsReachedOnThisMachine() throws Exception {
        Path file = Files.writeString(directory.resolve("sluice.yaml"),
                "admin: { listen: \"0.0.0.0:9902\", tokenFile: token }\n");
        Files.writeString(directory.resolve("token"), "s3cret");
        AdminTarget target = AdminTarget.find(null, null, file, Map.of());
        assertEquals("127.0.0.1:9902", target.name());
        assertEquals("127.0.0.1:9902 (admin.listen of " + file + ")", target.toString());
        Files.writeString(file, "admin: { listen: \"[::]:9902\", tokenFile: token }\n");
        assertEquals("[::1]:9902", AdminTarget.find(null, null, file, Map.of()).name());
        assertEquals("127.0.0.1:9901", AdminTarget.find(null, null, null, Map.of()).name());
        assertEquals("proxy-1.example:9901", AdminTarget.find("proxy-1.example:9901", null, null, Map.of()).host());
    }

    @Test
    void aTokenThatCannotBeReadIsNamed() throws Exception {
        Path empty = Files.writeString(directory.resolve("empty"), " \n");
        for (Path file : List.of(empty, directory.resolve("gone"), directory)) {
            Outcome outcome = run(Map.of(), "reload", "--token-file", file.toString());
            assertEquals(1, outcome.code());
            assertTrue(outcome.err().contains(file.toString()), outcome.err());
        }
    }

    @Test
    void aTokenThatIsWantedIsAskedFor() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), "wrong");
        try (TestingAdmin admin = TestingAdmin.tcp().answers(401, "{\"error\":\"no\"}")) {
            Outcome none = run(admin, "conns");
            assertEquals(1, none.code());
            assertTrue(none.err().contains("refused the command: it wants the token of its admin.tokenFile"),
                    none.err());
            Outcome wrong = run(admin, "conns", "--token-file", token.toString());
            assertEquals(1, wrong.code());
            assertTrue(wrong.err().contains("the token is not the right one"), wrong.err());
        }
    }
}
