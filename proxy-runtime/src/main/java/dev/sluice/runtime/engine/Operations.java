package dev.sluice.runtime.engine;

import dev.sluice.runtime.capture.CaptureControl;

/** The operations on parts of a running server. Any thread but an event loop's. */
public record Operations(EndpointOperations endpoints, FaultOperations faults, ListenerOperations listeners,
        LoopCheck loops, CaptureControl captures) {}
