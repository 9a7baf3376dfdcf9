package dev.sluice.runtime;

import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The address of an admin interface, and the token that it asks for, as a configuration has them.
 *
 * @param listen the address that it listens on; perhaps a wildcard, or port 0
 * @param tokenFile the file of the token; absolute. Empty = none is needed
 */
public record AdminAccess(SocketAddress listen, Optional<Path> tokenFile) {}
