/** The store and the database after something went wrong: rebuild and scrub on whole registries. */
@NullMarked
package io.slipway.recovery;

import org.jspecify.annotations.NullMarked;
