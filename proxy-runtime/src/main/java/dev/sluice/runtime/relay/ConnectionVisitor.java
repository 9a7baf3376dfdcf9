package dev.sluice.runtime.relay;

/** The work on each connection of a walk. On the connections' loop, between events. */
interface ConnectionVisitor {
    /** What ends a walk. */
    int STOP = -1;
    /** The cost of a look at a few fields. */
    int LOOK = 1;
    /** The cost of an end: the kernel closes two sockets, and the journal gets an entry. */
    int END = 16;
    /** The cost of a view: its text is made, and the kernel is asked about two sockets. */
    int VIEW = 64;
    /** The cost of all that is done in one turn of the loop. */
    int TURN = 512;

    /** Visits a connection. @return the cost, or {@link #STOP} */
    int visit(DialledConnection connection);
}
