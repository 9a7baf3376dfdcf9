/**
 * The command line and the life of the daemon process: arguments, logging, signals, exit codes, and the output that
 * scripts rely on. The proxy itself is in {@code dev.sluice.runtime}; this package uses its embedding API only.
 *
 * <p><b>Thread.</b> The main thread parses, starts the server and waits for its end. {@link dev.sluice.dist.Daemon}
 * says which threads receive signals and act on them; they exist from the start, and so does the one that writes the
 * log: a stop needs no new thread.
 *
 * <p><b>Output.</b> This package writes only the result of a command (for {@code run}: the ready line) to standard
 * output. The log, and the problems of a refused configuration, go to standard error. Neither can stop or delay the
 * proxy if it has no reader: a closed stream is ignored, a blocked one loses log lines, which are counted.
 *
 * <p><b>Commands to a running daemon.</b> {@link dev.sluice.dist.ClientCommands} and the classes that only it uses speak HTTP with an admin
 * interface, on the main thread. A start of the daemon loads none of them.
 *
 * <p><b>Failure.</b> Every way to end has an exit code of {@link dev.sluice.dist.ExitCode}.
 */
@NullMarked
package dev.sluice.dist;

import org.jspecify.annotations.NullMarked;
