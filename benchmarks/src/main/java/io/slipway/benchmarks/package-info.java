/**
 * Simulations of clients for any registry, run by {@code benchmarks/run}: what they push they make
 * themselves, and what they pull must be what was pushed. Nothing here uses the registry's classes.
 */
@NullMarked
package io.slipway.benchmarks;

import org.jspecify.annotations.NullMarked;
