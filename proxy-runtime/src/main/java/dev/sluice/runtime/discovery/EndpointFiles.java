package dev.sluice.runtime.discovery;

import java.nio.file.Path;
import java.util.List;

/** The files with endpoints, as discovery sees them. Any thread that may wait. */
public interface EndpointFiles {
    /** The state of a file without its content: another one, by {@code equals}, means that it may have changed. */
    Object stamp(Path file);

    /**
     * The endpoints in a file, their addresses distinct.
     *
     * @throws EndpointFileException if anything is wrong with it
     */
    List<FoundEndpoint> read(Path file) throws EndpointFileException;
}
