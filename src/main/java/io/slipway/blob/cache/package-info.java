/** Decorators that keep published bytes nearer; their failure costs speed and nothing else. */
@NullMarked
package io.slipway.blob.cache;

import org.jspecify.annotations.NullMarked;
