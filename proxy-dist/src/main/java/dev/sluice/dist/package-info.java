/**
 * The command line and the life of the daemon process: arguments, logging, signals, exit codes, and the lines a script may rely on. What
 * the proxy does is in {@code dev.sluice.runtime}; this package uses nothing of it but the embedding API.
 *
 * <p><b>Thread.</b> The main thread parses, starts the server and waits for its end. {@link dev.sluice.dist.Daemon} says which threads receive
 * signals and act on them; they exist from the start, and so does the one that writes the log: to stop takes no new thread.
 *
 * <p><b>Output.</b> Standard output carries the answer to a command (for {@code run}: the ready line) and nothing else that comes from
 * this package. Standard error carries the log, and the problems of a refused configuration. Neither can stop or delay the proxy when
 * nobody reads it: a closed stream is ignored, a blocked one loses log lines, which are counted.
 *
 * <p><b>Failure.</b> Every way to end has one of the codes of {@link dev.sluice.dist.ExitCode}.
 */
@NullMarked
package dev.sluice.dist;

import org.jspecify.annotations.NullMarked;
