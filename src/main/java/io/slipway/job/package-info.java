/**
 * Work that one process at a time does, and that any node may be asked about: leases around jobs,
 * and rows of the runs that people asked for. The rows decide; a message only has them looked at.
 *
 * <p>May use {@code runtime} and {@code database}.
 */
@NullMarked
package io.slipway.job;

import org.jspecify.annotations.NullMarked;
