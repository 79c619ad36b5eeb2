/**
 * Blobs in S3: {@code uploads/…} while they arrive and until they are relocated, {@code
 * blobs/<algorithm>/<hex>} from then on. A key is written once in its life.
 *
 * <p>Requests go through the AWS SDK's asynchronous client, on its own event loops; steps that wait
 * do so on virtual threads. Only what clients pull goes another way: over connections of Vert.x, on
 * the event loop of the client. See docs/adr/008-s3.md.
 *
 * <p>{@link io.slipway.blob.s3.S3Storage} is the door. An upload is an {@code S3StagedUpload}: it
 * fills buffers of the {@code PartMemory}, its {@code PartSender} sends them, its {@code
 * StoredPrefix} says how far everything is stored, as an {@code UploadMark} whose {@code Layout}
 * tells where the bytes lie. A pull is an {@code S3Stream} of {@code S3Segment}s, which {@code
 * S3Reads} asks for.
 */
@NullMarked
package io.slipway.blob.s3;

import org.jspecify.annotations.NullMarked;
