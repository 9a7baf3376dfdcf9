package dev.sluice.examples.soak;

import java.io.IOException;

/** A defect whatever the proxy says about it: a wrong byte, an end in order where the stream was cut, or a standstill. */
final class WrongStream extends IOException {
    private static final long serialVersionUID = 1;

    WrongStream(String what) {
        super(what);
    }
}
