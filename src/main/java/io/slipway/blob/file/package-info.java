/**
 * Blobs in files: {@code uploads/} while they arrive, {@code blobs/<algorithm>/<first two
 * hex>/<hex>} from then on; copies in {@code writing/} until they are whole.
 *
 * <p>Nothing is said to be there before it is durable: fsync of the file, rename, fsync of the
 * directory.
 */
@NullMarked
package io.slipway.blob.file;

import org.jspecify.annotations.NullMarked;
