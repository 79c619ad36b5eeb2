/**
 * Blobs in S3: {@code uploads/…} while they arrive and until they are relocated, {@code
 * blobs/<algorithm>/<hex>} from then on. A key is written once in its life.
 *
 * <p>Everything goes through the AWS SDK's asynchronous client, on its own event loops; steps that
 * wait do so on virtual threads. See docs/adr/008-s3.md.
 */
@NullMarked
package io.slipway.blob.s3;

import org.jspecify.annotations.NullMarked;
