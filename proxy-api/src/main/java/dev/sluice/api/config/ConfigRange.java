package dev.sluice.api.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The bounds of a number, a {@link java.time.Duration} or a {@link ByteSize}, both included, written as in the
 * configuration: {@code @ConfigRange(min = "1ms", max = "24h")}. In a list, a map or an optional they hold for each
 * value. A value outside is refused with both bounds in the message, and editors know them.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface ConfigRange {
    /** {@return the least value; empty = the least of the type} */
    String min() default "";

    /** {@return the greatest value; empty = the greatest of the type} */
    String max() default "";
}
