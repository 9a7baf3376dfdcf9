package dev.sluice.runtime.chain;

import dev.sluice.api.Direction;
import dev.sluice.api.ReadGate;

/** The read gates of a connection, combined. A gate that throws ends the connection. */
final class Gates {
    private Gates() {}

    /** The least that the gates permit; negative = one has failed. */
    static int permits(ConnectionChain chain, Direction direction, int wanted, long now) {
        int permitted = wanted;
        for (int i = 0; i < chain.made() && permitted > 0; i++) {
            ReadGate gate = chain.gate(i);
            if (gate != null) {
                permitted = Math.min(permitted, ask(chain, chain.slot(i), gate, direction, permitted, now));
            }
        }
        return permitted;
    }

    private static int ask(ConnectionChain chain, FilterSlot slot, ReadGate gate, Direction direction, int wanted,
            long now) {
        chain.enter(slot);
        try {
            int permitted = gate.permits(direction, wanted, now);
            if (permitted < 0) {
                throw new FilterContractException("permits returned " + permitted);
            }
            return permitted;
        } catch (Throwable failure) {
            chain.fail(slot, Callback.READ_GATE, failure);
            return -1;
        } finally {
            chain.leave();
        }
    }

    /** The latest time at which a closed gate is to be asked again. */
    static long retryAt(ConnectionChain chain, Direction direction, long now) {
        long latest = now;
        for (int i = 0; i < chain.made(); i++) {
            ReadGate gate = chain.gate(i);
            // Only a closed gate has a time to be asked again.
            if (gate != null && ask(chain, chain.slot(i), gate, direction, 1, now) == 0) {
                FilterSlot slot = chain.slot(i);
                chain.enter(slot);
                try {
                    latest = Math.max(latest, gate.retryAtNanos(direction, now));
                } catch (Throwable failure) {
                    chain.fail(slot, Callback.READ_GATE, failure);
                } finally {
                    chain.leave();
                }
            }
        }
        return latest;
    }

    /**
     * Reports bytes that were read to all gates.
     *
     * @return false if one has failed
     */
    static boolean consumed(ConnectionChain chain, Direction direction, int bytes, long now) {
        for (int i = 0; i < chain.made(); i++) {
            ReadGate gate = chain.gate(i);
            if (gate != null) {
                FilterSlot slot = chain.slot(i);
                chain.enter(slot);
                try {
                    gate.consumed(direction, bytes, now);
                } catch (Throwable failure) {
                    chain.fail(slot, Callback.READ_GATE, failure);
                    return false;
                } finally {
                    chain.leave();
                }
            }
        }
        return true;
    }
}
