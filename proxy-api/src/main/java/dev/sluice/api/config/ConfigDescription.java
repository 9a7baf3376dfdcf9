package dev.sluice.api.config;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The meaning of a component in a sentence, for {@code sluice plugins} and for editors. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface ConfigDescription {
    /** The text. */
    String value();

    /**
     * For the message about the missing key: what to write, in a few words, such as {@code an address, such as "10.0.0.1:443"}. Empty = the
     * description.
     */
    String hint() default "";
}
