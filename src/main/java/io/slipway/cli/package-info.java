/**
 * The command line: one picocli class per command, no logic in it.
 *
 * <p>May use every package but {@code http} and {@code job}.
 */
@NullMarked
package io.slipway.cli;

import org.jspecify.annotations.NullMarked;
