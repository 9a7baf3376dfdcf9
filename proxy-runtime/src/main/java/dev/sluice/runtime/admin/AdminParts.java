package dev.sluice.runtime.admin;

import java.util.List;
import java.util.function.Supplier;

import dev.sluice.runtime.capture.CaptureControl;
import dev.sluice.runtime.observe.ConfigFileView;
import dev.sluice.runtime.observe.Metrics;
import dev.sluice.runtime.observe.ProxyView;
import dev.sluice.runtime.selection.Units;

/**
 * The parts of a server that its admin interface shows, and those that it gives orders to. All are called by any
 * thread.
 *
 * @param view the server to show
 * @param metrics its metrics
 * @param commands the commands that operators may give
 * @param captures the captures of its connections
 * @param files the files of the configuration that serves
 * @param loggers the levels of the program's loggers, which outlive the interface: it may move to another address
 * @param durations reads the durations in requests
 * @param units reads the durations and sizes in expressions
 */
public record AdminParts(ProxyView view, Metrics metrics, AdminCommands commands, CaptureControl captures,
        Supplier<List<ConfigFileView>> files, LoggerLevels loggers, DurationReader durations,
        Units units) {}
