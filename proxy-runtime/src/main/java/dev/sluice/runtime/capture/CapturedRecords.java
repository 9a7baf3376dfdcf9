package dev.sluice.runtime.capture;

import java.util.function.LongSupplier;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.tls.Alert;
import dev.sluice.runtime.tls.LoopCiphers;
import dev.sluice.runtime.tls.Records;
import dev.sluice.runtime.tls.TlsException;

/** A record layer that passes everything on to another one, and reports the data in the records to a capture. On the connection's loop. */
public final class CapturedRecords extends Records {
    private final Records records;
    private final CaptureLeg leg;
    private final LongSupplier clock;

    CapturedRecords(Records records, CaptureLeg leg, LongSupplier clock) {
        this.records = records;
        this.leg = leg;
        this.clock = clock;
    }

    /** The record layer to go on with when a capture is over. */
    @SuppressWarnings("ReferenceEquality") // the very capture
    public Records without(Capture capture) {
        Records inner = records instanceof CapturedRecords other ? other.without(capture) : records;
        return leg.capture() == capture ? inner : changed(inner);
    }

    @SuppressWarnings("ReferenceEquality") // the very object
    private Records changed(Records inner) {
        return inner == records ? this : new CapturedRecords(inner, leg, clock);
    }

    @Override
    public int open(LoopCiphers ciphers, Buffer buffer, int from) throws TlsException {
        int end = records.open(ciphers, buffer, from);
        leg.received(buffer, from, end - from, clock.getAsLong());
        if (records.closed()) {
            leg.finReceived(clock.getAsLong());
        }
        return end;
    }

    @Override
    public Records settled() {
        return changed(records.settled());
    }

    @Override
    public boolean keepsEngine() {
        return records.keepsEngine();
    }

    @Override
    public boolean closed() {
        return records.closed();
    }

    @Override
    public boolean answers() {
        return records.answers();
    }

    @Override
    public void seal(LoopCiphers ciphers, Buffer plain, Buffer target) throws TlsException {
        int before = plain.remaining();
        byte[] copy = leg.copy(plain);
        records.seal(ciphers, plain, target);
        leg.sent(copy, before - plain.remaining(), clock.getAsLong());
    }

    @Override
    public void closeNotify(LoopCiphers ciphers, Buffer target) {
        records.closeNotify(ciphers, target);
        leg.finSent(clock.getAsLong());
    }

    @Override
    public void alert(LoopCiphers ciphers, Alert alert, Buffer target) {
        records.alert(ciphers, alert, target);
    }

    @Override
    public int overhead() {
        return records.overhead();
    }

    @Override
    public void end() {
        records.end();
    }
}
