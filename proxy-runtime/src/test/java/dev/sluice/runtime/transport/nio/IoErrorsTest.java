package dev.sluice.runtime.transport.nio;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.sluice.runtime.transport.TransportException.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The kinds of the JDK's exceptions on a machine that speaks German, and the learning of this machine's own messages.
 */
class IoErrorsTest {
    private static final String BROKEN_PIPE = "Datenübergabe unterbrochen (broken pipe)";
    private static final String REFUSED = "Verbindungsaufbau abgelehnt";
    private static final String IN_USE = "Die Adresse wird bereits verwendet";
    private static final String NOT_AVAILABLE = "Die angeforderte Adresse kann nicht zugewiesen werden";
    private static final String NOT_PERMITTED = "Keine Berechtigung";
    private static final String UNREACHABLE = "Das Netzwerk ist nicht erreichbar";
    private static final SocketAddress ADDRESS = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    private final IoErrors german = new IoErrors(
            new SystemMessages(BROKEN_PIPE, REFUSED, IN_USE, NOT_AVAILABLE, NOT_PERMITTED, UNREACHABLE));
    /** Errors of a machine where none could be provoked: only the types are known. */
    private final IoErrors speechless = new IoErrors(new SystemMessages(null, null, null, null, null, null));

    @TempDir
    Path directory = Path.of("");

    @Test
    void bindErrorsAreToldApart() {
        assertEquals(Kind.ADDRESS_IN_USE, german.listening(ADDRESS, new BindException(IN_USE)).kind());
        assertEquals(Kind.ADDRESS_NOT_AVAILABLE, german.listening(ADDRESS, new BindException(NOT_AVAILABLE)).kind());
        assertEquals(Kind.NOT_PERMITTED, german.listening(ADDRESS, new BindException(NOT_PERMITTED)).kind());
        assertEquals(Kind.OTHER, speechless.listening(ADDRESS, new BindException(IN_USE)).kind());
        assertEquals(IN_USE, german.listening(ADDRESS, new BindException(IN_USE)).getMessage());
    }

    @Test
    void connectErrorsAreToldApart() {
        assertEquals(Kind.REFUSED, german.connecting(ADDRESS, new ConnectException(REFUSED)).kind());
        assertEquals(Kind.OTHER,
                german.connecting(ADDRESS, new ConnectException("Die Wartezeit für die Verbindung ist abgelaufen"))
                        .kind());
        assertEquals(Kind.UNREACHABLE, german.connecting(ADDRESS, new SocketException(UNREACHABLE)).kind());
        assertEquals(Kind.UNREACHABLE,
                german.connecting(ADDRESS, new NoRouteToHostException("Keine Route zum Zielrechner")).kind());
        assertEquals(Kind.LOCAL_PORTS, german.connecting(ADDRESS, new BindException(NOT_AVAILABLE)).kind());
        assertEquals(Kind.NOT_PERMITTED, german.connecting(ADDRESS, new BindException(NOT_PERMITTED)).kind());
        assertEquals(Kind.OTHER, german.connecting(ADDRESS, new SocketException("etwas anderes")).kind());
        assertEquals(Kind.REFUSED, speechless.finishingConnect(new ConnectException(REFUSED)).kind());
        assertEquals(Kind.LOCAL_PORTS, speechless.connecting(ADDRESS, new BindException(NOT_AVAILABLE)).kind());
    }

    @Test
    void unixErrorsAreToldApartWithoutAWord() throws Exception {
        UnixDomainSocketAddress missing = UnixDomainSocketAddress.of(directory.resolve("none"));
        UnixDomainSocketAddress nowhere = UnixDomainSocketAddress.of(directory.resolve("none/s"));
        UnixDomainSocketAddress there = UnixDomainSocketAddress.of(Files.createFile(directory.resolve("s")));
        IOException noFile = new SocketException("Datei oder Verzeichnis nicht gefunden");
        assertEquals(Kind.UNREACHABLE, speechless.connecting(missing, noFile).kind());
        assertEquals(Kind.NO_DIRECTORY, speechless.listening(nowhere, noFile).kind());
        assertEquals(Kind.REFUSED, speechless.connecting(there, new ConnectException(REFUSED)).kind());
        assertEquals(Kind.NOT_PERMITTED, speechless.connecting(there, new BindException(NOT_PERMITTED)).kind());
    }

    @Test
    void whatIsNoLackOfDescriptorsIsNotTakenForOne() {
        assertEquals(Kind.OTHER, german.opening(new SocketException("Verbindungsabbruch durch Software")).kind());
    }

    @Test
    void aBrokenPipeIsKnownByItsWord() {
        assertTrue(german.isBrokenPipe(new IOException(BROKEN_PIPE)));
        assertFalse(
                german.isBrokenPipe(new IOException("Die Verbindung wurde vom Kommunikationspartner zurückgesetzt")));
        assertFalse(speechless.isBrokenPipe(new IOException()));
    }

    @Test
    void thisMachinesWordsAreLearnt() {
        SystemMessages here = SystemMessages.learn();
        assertNotNull(here.brokenPipe(), here::toString);
        assertNotNull(here.refused(), here::toString);
        assertNotNull(here.inUse(), here::toString);
        assertNotNull(here.notAvailable(), here::toString);
        assertNotNull(here.notPermitted(), here::toString);
        assertNotNull(here.unreachable(), here::toString);
        assertEquals(6, java.util.Set.of(here.brokenPipe(), here.refused(), here.inUse(), here.notAvailable(),
                here.notPermitted(), here.unreachable()).size(), here::toString);
    }
}
