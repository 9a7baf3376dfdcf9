package dev.sluice.dist;

import java.util.function.Supplier;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import org.jspecify.annotations.Nullable;

/**
 * Makes its encoder for the first line, on the thread that writes it, or when there is time: one that shows the time has to read the time
 * zones of the whole world, for which a start should not wait. The lines themselves may not be written by two threads at once.
 */
final class LateEncoder extends EncoderBase<ILoggingEvent> {
    private final Supplier<Encoder<ILoggingEvent>> maker;
    private @Nullable Encoder<ILoggingEvent> encoder;

    /** @param maker of an encoder without header and footer, neither started nor in a context yet */
    LateEncoder(Supplier<Encoder<ILoggingEvent>> maker) {
        this.maker = maker;
    }

    @Override
    public byte @Nullable [] headerBytes() {
        return null;
    }

    /** Makes the encoder now, if it is not there yet: while everything it needs still is. */
    synchronized Encoder<ILoggingEvent> prepare() {
        if (encoder == null) {
            Encoder<ILoggingEvent> made = maker.get();
            made.setContext(getContext());
            made.start();
            encoder = made;
        }
        return encoder;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        return prepare().encode(event);
    }

    @Override
    public byte @Nullable [] footerBytes() {
        return null;
    }
}
