package dev.sluice.runtime.engine;

import java.lang.reflect.RecordComponent;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.ConfigKey;
import dev.sluice.api.config.Rate;
import dev.sluice.api.net.Cidr;
import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.config.Quantities;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.ConnectionsEnd;
import dev.sluice.runtime.config.model.DnsServer;
import dev.sluice.runtime.config.model.HostName;
import dev.sluice.runtime.config.model.Percentage;
import dev.sluice.runtime.config.model.StatusRange;
import dev.sluice.runtime.transport.AddressText;
import org.jspecify.annotations.Nullable;

/**
 * The differences of two records of the same class, as an operator reads them: {@code timeouts.idle 1h → 30m}. Strings
 * may be secrets that a variable stands for, so they are never shown. One thread.
 */
final class RecordDiff {
    private static final int MOST_ELEMENTS = 12;

    private final List<String> differences = new ArrayList<>();

    /** The differences, with paths below {@code prefix}; empty if the records are equal. */
    static List<String> of(String prefix, Record before, Record after) {
        RecordDiff diff = new RecordDiff();
        diff.compare(prefix, before, after);
        return diff.differences;
    }

    private void compare(String prefix, Record before, Record after) {
        for (RecordComponent component : before.getClass().getRecordComponents()) {
            if (component.getType() == ConfigPlace.class) {
                continue;
            }
            ConfigKey renamed = component.getAnnotation(ConfigKey.class);
            String path = (prefix.isEmpty() ? "" : prefix + ".")
                    + (renamed == null ? component.getName() : renamed.value());
            try {
                component.getAccessor().trySetAccessible();
                compare(path, unwrap(component.getAccessor().invoke(before)),
                        unwrap(component.getAccessor().invoke(after)));
            } catch (ReflectiveOperationException | RuntimeException e) {
                // The record of a plugin, in a package that its module keeps to itself.
                differences.add(path + " may have changed");
            }
        }
    }

    private void compare(String path, @Nullable Object before, @Nullable Object after) {
        if (Objects.equals(before, after)) {
            return;
        }
        if (before instanceof Record one && after instanceof Record other && one.getClass() == other.getClass()
                && show(one) == null) {
            compare(path, one, other);
        } else if (before instanceof List<?> one && after instanceof List<?> other) {
            compareLists(path, one, other);
        } else {
            String from = before == null ? "unset" : show(before);
            String to = after == null ? "unset" : show(after);
            differences.add(from == null || to == null ? path + " changed" : path + " " + from + " → " + to);
        }
    }

    private void compareLists(String path, List<?> before, List<?> after) {
        List<String> parts = new ArrayList<>();
        elements("+ ", after, before, parts);
        elements("− ", before, after, parts);
        if (parts.isEmpty() || parts.size() > MOST_ELEMENTS) {
            differences
                    .add(path + (parts.isEmpty() ? " in another order" : " changed in " + parts.size() + " elements"));
        } else {
            differences.add(path + " " + String.join("  ", parts));
        }
    }

    private static void elements(String sign, List<?> of, List<?> without, List<String> parts) {
        for (Object element : of) {
            if (!without.contains(element)) {
                String shown = element == null ? null : show(element);
                parts.add(sign + (shown == null ? "one element" : shown));
            }
        }
    }

    private static @Nullable Object unwrap(@Nullable Object value) {
        return value instanceof Optional<?> optional ? optional.orElse(null) : value;
    }

    /** A value that is no secret, as it is written; null if it is not shown. */
    private static @Nullable String show(Object value) {
        return switch (value) {
            case Duration duration -> Quantities.show(duration);
            case SocketAddress address -> AddressText.of(address);
            case Enum<?> constant -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
            case Number _,Boolean _,ByteSize _,Rate _,Cidr _,IpAddress _,Percentage _,ConnectionsEnd _,StatusRange _,HostName _,DnsServer _ ->
                value.toString();
            default -> null;
        };
    }
}
