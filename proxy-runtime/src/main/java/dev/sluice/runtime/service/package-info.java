/**
 * The service manager that has started this process, by the protocols of systemd: what it has put into the environment
 * (systemd.exec(5)), what is reported to it (sd_notify(3), sd_watchdog_enabled(3)), and the sockets that it passes
 * (sd_listen_fds(3)).
 *
 * <p>Nothing here is loaded where there is no such manager.
 *
 * <p><b>Thread.</b> {@link dev.sluice.runtime.service.ServiceReports} has one of its own, which sleeps until something is due. Its
 * methods are for any thread but an event loop's, since a message may wait for the manager for a second.
 *
 * <p><b>Failure.</b> A variable that cannot be understood is an {@link java.lang.IllegalArgumentException} with its name, at the start. A
 * message that cannot be sent is a line in the log, once.
 *
 * <p><b>Decisions.</b> {@code decisions/0024}.
 */
@NullMarked
package dev.sluice.runtime.service;

import org.jspecify.annotations.NullMarked;
