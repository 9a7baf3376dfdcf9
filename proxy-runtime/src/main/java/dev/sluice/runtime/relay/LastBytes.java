package dev.sluice.runtime.relay;

import dev.sluice.runtime.chain.ConnectionChain;
import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.memory.LoopMemory;

/** The output of the last bytes of a filter, which the client gets behind all others and before FIN. On the connection's loop. */
final class LastBytes {
    private LastBytes() {}

    /** Sends them, if there are any. @return whether the side has been sent everything before its FIN */
    static boolean send(Side to) {
        ConnectionChain chain = to.connection.lastBytesFor(to);
        if (chain == null) {
            return true;
        }
        if (to.needsHandshake()) {
            // Nothing can be said yet.
            chain.takeLastBytes();
            return true;
        }
        LoopMemory memory = to.connection.loop().memory();
        Buffer buffer = memory.borrow();
        if (buffer == null) {
            to.awaitMemory();
            return false;
        }
        byte[] bytes = chain.takeLastBytes();
        buffer.append(bytes, 0, bytes.length);
        int sent = to.write(buffer);
        if (sent < 0) {
            memory.giveBack(buffer);
            to.broke(sent);
            return false;
        }
        if (buffer.remaining() == 0) {
            memory.giveBack(buffer);
            return true;
        }
        to.owe(memory.keep(buffer));
        return false;
    }
}
