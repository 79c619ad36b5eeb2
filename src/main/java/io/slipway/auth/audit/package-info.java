/**
 * Who did what, and whom the registry refused (R5.4).
 *
 * <p>May use {@code oci}, {@code runtime} and {@code event}. Changes come from the outbox, so none
 * is missing; refusals are gathered in memory and written in batches, so nobody fills a disk by
 * being refused.
 */
@NullMarked
package io.slipway.auth.audit;

import org.jspecify.annotations.NullMarked;
