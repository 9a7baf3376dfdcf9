package dev.sluice.runtime.admin;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

import dev.sluice.api.fault.Fault;
import org.jspecify.annotations.Nullable;

/** The commands that an operator can give through the admin interface. Any thread. */
public interface AdminCommands {
    /**
     * Starts to drain and returns at once. Further calls change nothing.
     *
     * @return 202 and what will happen
     */
    CommandResult drain();

    /**
     * Starts to reload the configuration and returns at once.
     *
     * @return the end of the reload, with 200 if it was applied or changed nothing, 422 if it was refused, 409 while
     *     the server drains. A reload that replaces the admin interface completes it before the old one is closed
     */
    CompletionStage<CommandResult> reload();

    /**
     * The changes that a reload would make now. Changes nothing.
     *
     * @return 200 if it would be applied or change nothing, 422 if it would be refused, 409 while the server drains
     */
    CommandResult plan();

    /**
     * The result of the last reload.
     *
     * @return as {@link #reload}, with 200 whatever the result was; 202 and the result {@code running} while one is
     *     under way, and 200 and the result {@code none} before the first one
     */
    CommandResult lastReload();

    /**
     * Starts to end the connections of an old generation, evenly over some time, and returns at once.
     *
     * @param over the time; zero = as fast as pacing allows
     * @return 202; 404 if there is no such generation, 409 if it is the one that serves
     */
    CommandResult drainGeneration(long number, Duration over);

    /**
     * Keeps new connections from an endpoint.
     *
     * @param address as configuration writes it
     * @param over the time in which its open connections are closed, evenly; null = they stay
     * @return 200 and its state; 404 if there is no such cluster or endpoint
     */
    CommandResult drainEndpoint(String cluster, String address, @Nullable Duration over);

    /**
     * Ends what {@link #drainEndpoint} began.
     *
     * @return as that
     */
    CommandResult restoreEndpoint(String cluster, String address);

    /** The faults that filters inject. @return 200 */
    CommandResult faults();

    /**
     * Injects a fault into the connections of a listener.
     *
     * @return 200 and the fault; 404 if there is no such listener, or it has no filter that injects faults, 409 if that has
     *     one of this name
     */
    CommandResult addFault(String listener, Fault fault);

    /**
     * Ends a fault.
     *
     * @param name null = all of the listener
     * @return 200; 404 if there is no such listener or fault
     */
    CommandResult removeFaults(String listener, @Nullable String name);
}
