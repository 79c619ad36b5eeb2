package io.slipway.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Keeps an integration test from the second run on the cluster profile, where it would say nothing
 * new.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Tag("one-profile")
public @interface OneProfile {
  /** Why the test has nothing to say there. */
  String value();
}
