/**
 * Clients that send what no honest one would, too much of it, or nothing at all: what the registry
 * answers, and what each costs.
 */
@NullMarked
package io.slipway.hostile;

import org.jspecify.annotations.NullMarked;
