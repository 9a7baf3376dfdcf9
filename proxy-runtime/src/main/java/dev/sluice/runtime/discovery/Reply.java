package dev.sluice.runtime.discovery;

import java.util.List;

import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

/**
 * The outcome of one question.
 *
 * @param records those asked for; empty unless it is {@link Kind#GOOD}
 * @param ttl in seconds; of a denial -1 if the server did not say
 * @param reason for people; empty if it is good
 */
record Reply(Question question, Kind kind, List<Record> records, long ttl, String reason) {
    /** A question to DNS. */
    record Question(Name name, RecordType type) {}

    /** Kinds of outcomes. */
    enum Kind {
        /** Records. */
        GOOD,
        /** No such name, or no such record of it. */
        DENIED,
        /** A server that answers could not find out. */
        SERVER_FAILURE,
        /** No usable answer. */
        FAILED
    }

    Reply {
        records = List.copyOf(records);
    }

    static Reply good(Question question, List<Record> records, long ttl) {
        return new Reply(question, Kind.GOOD, records, ttl, "");
    }

    boolean isFailure() {
        return kind == Kind.FAILED || kind == Kind.SERVER_FAILURE;
    }
}
