package dev.sluice.runtime.service;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * The variables by which a service manager tells a process how to report.
 *
 * @param notifySocket the address for reports; null = the manager wants none
 * @param watchdog the time within which a report that all is well has to follow another; null = none is expected
 */
public record ServiceEnvironment(@Nullable String notifySocket, @Nullable Duration watchdog) {
    /** The variable with the address for reports. */
    public static final String NOTIFY_SOCKET = "NOTIFY_SOCKET";

    private static final String WATCHDOG_USEC = "WATCHDOG_USEC";
    private static final String WATCHDOG_PID = "WATCHDOG_PID";
    private static final long MOST_MICROS = TimeUnit.DAYS.toMicros(365);

    /**
     * Reads the variables.
     *
     * @param environment of the process
     * @param pid of the process: what is meant for another one is left alone
     * @throws IllegalArgumentException for a value that cannot be understood, with its name and what is allowed
     */
    public static ServiceEnvironment of(Map<String, String> environment, long pid) {
        return new ServiceEnvironment(present(environment, NOTIFY_SOCKET), watchdog(environment, pid));
    }

    private static @Nullable Duration watchdog(Map<String, String> environment, long pid) {
        boolean others = present(environment, WATCHDOG_PID) != null
                && number(environment, WATCHDOG_PID, 1, Long.MAX_VALUE) != pid;
        if (others || present(environment, WATCHDOG_USEC) == null) {
            return null;
        }
        return Duration.of(number(environment, WATCHDOG_USEC, 1, MOST_MICROS), ChronoUnit.MICROS);
    }

    private static @Nullable String present(Map<String, String> environment, String name) {
        String value = environment.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    /**
     * Reads a variable.
     *
     * @throws IllegalArgumentException if it is not there, or no number within the bounds
     */
    static long number(Map<String, String> environment, String name, long least, long most) {
        String value = environment.getOrDefault(name, "");
        try {
            long number = Long.parseLong(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Refused below.
        }
        throw new IllegalArgumentException("the variable " + name + " is '" + value
                + "'; allowed: a whole number, at least " + least
                + ", as a service manager sets it");
    }
}
