package dev.sluice.dist;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The dashboard in a real browser, over the daemon of the tarball. Its pictures are kept in {@code target/dashboard}. */
class DashboardIT {
    private static final String HOSTILE = "<img src=x onerror=document.title=1>";

    @TempDir
    Path directory;

    private TestingEcho echo;

    @BeforeEach
    void startUpstream() throws Exception {
        assumeTrue(TestingBrowser.program() != null, "Chromium is not installed; Debian's package is chromium");
        echo = new TestingEcho();
    }

    @AfterEach
    void stopUpstream() throws Exception {
        if (echo != null) {
            echo.close();
        }
    }

    private Path configuration(String more) throws Exception {
        return Files.writeString(directory.resolve("sluice.yaml"), """
                admin: { listen: "127.0.0.1:0"%s }
                listeners:
                  - { name: edge, listen: "127.0.0.1:0", cluster: web }
                  - { name: api, listen: "127.0.0.1:0", cluster: gone }
                clusters:
                  - { name: web, endpoints: [ { address: "%s" }, { address: "127.0.0.1:1" } ] }
                  - { name: gone, endpoints: [ { address: "127.0.0.1:2" } ] }
                """.formatted(more, echo.address()));
    }

    private static String page(TestingDaemon daemon) throws Exception {
        return "http://127.0.0.1:" + daemon.address("admin").getPort() + "/";
    }

    private static void talk(InetSocketAddress address, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            try (Socket client = TestingEcho.connect(address)) {
                client.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
                client.getInputStream().readNBytes(5);
            } catch (java.net.SocketException refused) {
                // As an endpoint that is down makes it.
            }
        }
    }

    /** The profile is outside of the directory, which the browser may still write to when it is killed. */
    private static TestingBrowser browser() throws Exception {
        return TestingBrowser.start(Files.createTempDirectory("sluice-browser"));
    }

    @Test
    void aPersonSeesWhatServesAndWhatFails() throws Exception {
        Path file = configuration("");
        try (TestingDaemon daemon = TestingDaemon.serving(file); TestingBrowser browser = browser()) {
            browser.size(1024, 760);
            browser.open(page(daemon));
            browser.awaitTrue("document.getElementById('state').textContent.includes('READY')");
            assertEquals("/dashboard", browser.value("location.pathname"), "a browser at the root is sent there");

            talk(daemon.address("edge"), 20);
            talk(daemon.address("api"), 3);
            String text = Files.readString(file);
            Files.writeString(file, text.replace("name: web,", "name: web, \"" + HOSTILE + "\": 1,"));
            daemon.signal("HUP");
            browser.awaitTrue("document.getElementById('warnings').textContent.includes('refused')");
            browser.awaitTrue("document.getElementById('warnings').textContent.includes('<img src=x')");
            browser.awaitTrue(
                    "document.getElementById('warnings').textContent.includes('no usable endpoint in cluster gone')");
            browser.awaitTrue("document.getElementById('listeners').textContent.includes('⚠ connect-failed')");
            browser.awaitTrue("document.getElementById('endpoints').textContent.includes('⚠ ejected')");
            browser.awaitTrue("document.getElementById('events').textContent.includes('reload')");
            assertEquals("⚠ NOT READY", browser.value("document.getElementById('state').textContent"));

            for (String scheme : List.of("light", "dark")) {
                browser.scheme(scheme);
                browser.picture(Path.of("target/dashboard/" + scheme + ".png"));
            }
            assertEquals("1024", browser.value("document.documentElement.scrollWidth"),
                    "nothing is cut at 1024 pixels");
            assertEquals("0", browser.value("document.querySelectorAll('img').length"), "names are text");
            assertEquals("Sluice", browser.value("document.title"));
            assertOnlyOurs(browser, page(daemon));
        }
    }

    private static void assertOnlyOurs(TestingBrowser browser, String page) {
        assertEquals(List.of(), browser.console());
        for (String request : browser.requests()) {
            assertTrue(request.startsWith(page) || request.equals("about:blank"), request);
        }
    }

    @Test
    void endpointsAreDrainedByTheKeyboard() throws Exception {
        try (TestingDaemon daemon = TestingDaemon.serving(configuration("")); TestingBrowser browser = browser()) {
            browser.size(1024, 760);
            browser.open(page(daemon));
            String drain = "[...document.querySelectorAll('#endpoints button')].find(b => b.textContent === 'Drain…')";
            String up = "[...document.querySelectorAll('#endpoints button')].find(b => b.textContent === 'Up')";
            browser.awaitTrue(drain + " !== undefined");
            browser.value(drain + ".focus()");
            // The table is made anew each second, and the focus stays.
            browser.awaitTrue("samples.length > 2");
            assertEquals("Drain…", browser.value("document.activeElement.textContent"));
            browser.press("Enter");
            browser.awaitTrue("document.getElementById('ask').open");
            assertTrue(browser.value("document.getElementById('ask-text').textContent")
                    .contains("It gets no new connections"));
            assertEquals("Cancel", browser.value("document.activeElement.textContent"),
                    "Enter by accident changes nothing");
            browser.press("Escape");
            browser.awaitTrue("!document.getElementById('ask').open && " + up + " === undefined");

            browser.value(drain + ".focus()");
            browser.press("Enter");
            browser.awaitTrue("document.getElementById('ask').open && document.activeElement.id === 'ask-no'");
            browser.press("Tab");
            browser.awaitTrue("document.activeElement.id === 'ask-yes'");
            browser.press("Enter");
            // The answer of the daemon, in a dialog with one button.
            browser.awaitTrue("document.getElementById('ask').open && document.activeElement.textContent === 'Close'");
            browser.press("Enter");
            browser.awaitTrue(up + " !== undefined");
            assertTrue(browser.value("document.getElementById('endpoints').textContent").contains("drained"));
            assertOnlyOurs(browser, page(daemon));
        }
    }

    @Test
    void dialogThatIsOpenAgainIsNotEndedByTheEndOfTheOneBefore() throws Exception {
        try (TestingDaemon daemon = TestingDaemon.serving(configuration("")); TestingBrowser browser = browser()) {
            browser.open(page(daemon));
            browser.awaitTrue("samples.length > 0");
            // The browser reports the end of a dialog in a later task, which may come behind the next question.
            browser.value("""
                    (window.answers = [], window.ended = 0,
                      byId('ask').addEventListener('close', () => window.ended++),
                      ask('First', '', 'OK').then(answer => window.answers.push(answer)), byId('ask').close('no'),
                      ask('Second', '', 'OK').then(answer => window.answers.push(answer)))""");
            browser.awaitTrue("window.ended === 1");
            assertEquals("true", browser.value("asking && byId('ask').open"));
            browser.value("byId('ask-yes').click()");
            browser.awaitTrue("window.answers.length === 2");
            assertEquals("[null,true]", browser.value("JSON.stringify(window.answers)"));
        }
    }

    @Test
    void thePageNeedsNoTokenAndItsDataDoes() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), "0123456789abcdef0123456789abcdef\n");
        Files.setPosixFilePermissions(token, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        try (TestingDaemon daemon = TestingDaemon.serving(configuration(", tokenFile: token"));
                TestingBrowser browser = browser()) {
            browser.size(1024, 760);
            browser.open(page(daemon));
            browser.awaitTrue("document.getElementById('ask').open");
            assertEquals("…", browser.value("document.getElementById('state').textContent"));
            browser.value("document.getElementById('ask-input').value = '0123456789abcdef0123456789abcdef'");
            browser.value("document.getElementById('ask-yes').click()");
            browser.awaitTrue("document.getElementById('state').textContent.includes('READY')");
        }
    }
}
