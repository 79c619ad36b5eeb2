/**
 * The composition root: the configuration of everything, wiring, deployment order, shutdown.
 *
 * <p>May use every package below; the only one that names implementation sub-packages.
 */
@NullMarked
package io.slipway.server;

import org.jspecify.annotations.NullMarked;
