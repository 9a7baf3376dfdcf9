package dev.sluice.dist;

import java.util.function.Supplier;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import org.jspecify.annotations.Nullable;

/**
 * Makes its encoder for the first line, on the thread that writes it: one that shows the time has to read the time zones of the whole
 * world, for which a start should not wait. The lines themselves may not be written by two threads at once.
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

    @Override
    public byte[] encode(ILoggingEvent event) {
        if (encoder == null) {
            encoder = maker.get();
            encoder.setContext(getContext());
            encoder.start();
        }
        return encoder.encode(event);
    }

    @Override
    public byte @Nullable [] footerBytes() {
        return null;
    }
}
