package dev.sluice.dist;

import java.util.function.Consumer;

import sun.misc.Signal;

/**
 * The signals of the daemon. The only user of {@code sun.misc.Signal}, which the JDK keeps for exactly this purpose (JEP 260); a shutdown
 * hook would neither hear {@code HUP} and {@code USR1} nor be able to set the exit code.
 */
final class Signals {
    private Signals() {}

    /**
     * From now on {@code action} receives {@code SIGname}, on a new thread for each arrival, in place of what the JVM or the parent process
     * (for instance {@code nohup}) had set up.
     *
     * @param name without the prefix, such as {@code TERM}
     */
    static void handle(String name, Consumer<String> action) {
        Signal.handle(new Signal(name), signal -> action.accept("SIG" + signal.getName()));
    }
}
