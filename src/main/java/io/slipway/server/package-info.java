/**
 * The composition root: the configuration of everything, wiring, deployment order, shutdown; and
 * what commands do, on the stores of a registry that does not run or by asking one that does.
 *
 * <p>May use every package below; the only one that names implementation sub-packages.
 */
@NullMarked
package io.slipway.server;

import org.jspecify.annotations.NullMarked;
