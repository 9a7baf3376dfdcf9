package dev.sluice.runtime.selection;

import java.util.EnumMap;
import java.util.Map;

import dev.sluice.api.net.IpAddress;
import org.jspecify.annotations.Nullable;

/** A connection with the facts that a test gives it. */
final class TestingSubject implements Subject {
    private final Map<Fact, Long> numbers = new EnumMap<>(Fact.class);
    private final Map<Fact, String> texts = new EnumMap<>(Fact.class);
    private final Map<Fact, IpAddress> addresses = new EnumMap<>(Fact.class);

    TestingSubject with(Fact fact, long number) {
        numbers.put(fact, number);
        return this;
    }

    TestingSubject with(Fact fact, String text) {
        texts.put(fact, text);
        return this;
    }

    TestingSubject from(Fact fact, String address) {
        addresses.put(fact, IpAddress.parse(address));
        return this;
    }

    @Override
    public long number(Fact fact) {
        Long number = numbers.get(fact);
        if (number == null) {
            throw new AssertionError(fact + " was asked for as a number");
        }
        return number;
    }

    @Override
    public @Nullable String text(Fact fact) {
        return texts.get(fact);
    }

    @Override
    public @Nullable IpAddress address(Fact fact) {
        return addresses.get(fact);
    }
}
