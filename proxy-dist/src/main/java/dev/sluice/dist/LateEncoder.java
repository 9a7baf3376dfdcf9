package dev.sluice.dist;

import java.util.function.Supplier;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import org.jspecify.annotations.Nullable;

/**
 * An encoder that is made for the first line, on the thread that writes it, or when there is time: an encoder that
 * shows the time has to read the time zones of the whole world, for which a start should not wait. Two threads must not
 * write lines at once.
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

    /** Makes the encoder now, unless it exists: later, files that it needs may be gone. */
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
