/**
 * Real clients, which are no Java programs, against a registry that was started as users start it.
 */
@NullMarked
package io.slipway.clients;

import org.jspecify.annotations.NullMarked;
