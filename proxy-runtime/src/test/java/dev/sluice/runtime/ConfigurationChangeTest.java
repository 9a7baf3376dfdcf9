package dev.sluice.runtime;

import java.util.List;

import dev.sluice.runtime.ConfigurationChange.Action;
import dev.sluice.runtime.ConfigurationChange.Kind;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The lines about a change, with one connection and with several. */
class ConfigurationChangeTest {
    private static String last(Action action, long connections) {
        List<String> lines = new ConfigurationChange(Kind.LISTENER, "edge", action, List.of(), connections).lines();
        return lines.getLast().replaceFirst("^listener +edge +\\w+ +", "");
    }

    @Test
    void oneAndSeveral() {
        assertEquals("1 connection", last(Action.KEPT, 1));
        assertEquals("2 connections", last(Action.KEPT, 2));
        assertEquals("1 connection keeps the old settings; new ones get the new", last(Action.CHANGED, 1));
        assertEquals("2 connections keep the old settings; new ones get the new", last(Action.CHANGED, 2));
        assertEquals("1 connection stays until it ends", last(Action.REMOVED, 1));
        assertEquals("2 connections stay until they end", last(Action.REMOVED, 2));
    }
}
