package dev.sluice.api.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The connections in a file of {@code sluice capture}, to be played to a filter. Immutable.
 *
 * <p>What a filter sees is what the two peers have sent: a capture of layer {@code plain} has it. The file is pcapng
 * (draft-ietf-opsawg-pcapng); packets of other programs in it are left out, and it may have been cut at the end.
 *
 * <pre>{@code
 * for (RecordedConnection recorded : Recording.read(Path.of("incident.pcapng")).connections()) {
 *     try (var connection = TestingConnection.of(factory).connect()) {
 *         recorded.play(connection);
 *     }
 * }
 * }</pre>
 */
public final class Recording {
    private final List<RecordedConnection> connections;

    private Recording(List<RecordedConnection> connections) {
        this.connections = connections;
    }

    /**
     * Reads a file.
     *
     * @param file as {@code sluice capture} writes it, or Wireshark has saved it again
     * @return its connections
     * @throws IOException if the file cannot be read, or is no pcapng; the message says at which byte
     */
    public static Recording read(Path file) throws IOException {
        return of(Files.readAllBytes(file));
    }

    /**
     * Reads the content of a file.
     *
     * @param content not changed, and not kept
     * @return its connections
     * @throws IOException as {@link #read}
     */
    public static Recording of(byte[] content) throws IOException {
        return new Recording(new RecordingReader(content).read());
    }

    /** {@return the connections, in the order of their first packets} */
    public List<RecordedConnection> connections() {
        return connections;
    }

    /**
     * {@return a connection}
     *
     * @param id its id, as {@code sluice conns} shows it
     * @throws IllegalArgumentException if the file has none with this id
     */
    public RecordedConnection connection(long id) {
        return connections.stream().filter(each -> each.id() == id).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no connection " + id + "; there are: "
                        + connections.stream().map(RecordedConnection::id).toList()));
    }
}
