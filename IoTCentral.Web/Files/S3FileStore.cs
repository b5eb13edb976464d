using System.Buffers;
using System.Globalization;
using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using IoTCentral.Core.Files;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Web.Files;

/// <summary>Files in one bucket, under <c>TENANT/ID</c>. Bytes pass through us one part at a time.</summary>
internal sealed class S3FileStore(IAmazonS3 client, string bucket, string place) : IFileStore
{
    // The smallest that S3 takes. Of at most 10,000: ten times the largest file there can be here.
    private const int Part = 5 * 1024 * 1024;

    public string Place => place;

    public async Task PutAsync(TenantId tenant, Guid id, Stream bytes, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Part);
        try
        {
            // A part is read before it is sent: a stream that fails at its end leaves nothing there.
            var count = await ReadAsync(bytes, buffer, ct);
            if (count == Part)
                await PutPartsAsync(KeyOf(tenant, id), bytes, buffer, ct);
            else
                await PutWholeAsync(KeyOf(tenant, id), Body(buffer, count), ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public async Task<Stream?> FindAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        var key = KeyOf(tenant, id);
        try
        {
            var found = await client.GetObjectMetadataAsync(bucket, key, ct);
            return new S3ReadStream((from, into, then) => ReadAsync(key, from, into, then), found.ContentLength);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
        catch (Exception e) when (S3Errors.IsAway(e, ct))
        {
            throw S3Errors.Away(place, e);
        }
    }

    public Task DeleteAsync(TenantId tenant, Guid id, CancellationToken ct) =>
        AskAsync(() => client.DeleteObjectAsync(bucket, KeyOf(tenant, id), ct), ct);

    /// <summary>Signed as a whole, which every store understands.</summary>
    internal static PutObjectRequest Put(string bucket, string key, MemoryStream body) =>
        new()
        {
            BucketName = bucket,
            Key = key,
            InputStream = body,
            UseChunkEncoding = false,
        };

    private async Task PutWholeAsync(string key, MemoryStream body, CancellationToken ct)
    {
        try
        {
            await AskAsync(() => client.PutObjectAsync(Put(bucket, key, body), ct), ct);
        }
        catch
        {
            await ForgetAsync(key, null);
            throw;
        }
    }

    /// <param name="buffer">Holds the first part.</param>
    private async Task PutPartsAsync(string key, Stream bytes, byte[] buffer, CancellationToken ct)
    {
        var begun = await AskAsync(() => client.InitiateMultipartUploadAsync(bucket, key, ct), ct);
        try
        {
            var whole = new CompleteMultipartUploadRequest
            {
                BucketName = bucket,
                Key = key,
                UploadId = begun.UploadId,
                PartETags = [],
            };
            for (var count = Part; count > 0; count = await ReadAsync(bytes, buffer, ct))
            {
                var number = whole.PartETags.Count + 1;
                var part = new UploadPartRequest
                {
                    BucketName = bucket,
                    Key = key,
                    UploadId = begun.UploadId,
                    PartNumber = number,
                    PartSize = count,
                    InputStream = Body(buffer, count),
                    UseChunkEncoding = false,
                };
                var taken = await AskAsync(() => client.UploadPartAsync(part, ct), ct);
                whole.PartETags.Add(new PartETag(number, taken.ETag));
            }

            await AskAsync(() => client.CompleteMultipartUploadAsync(whole, ct), ct);
        }
        catch
        {
            await ForgetAsync(key, begun.UploadId);
            throw;
        }
    }

    /// <summary>
    /// What may be there of a file that was not taken, answered or not. When it cannot be removed now nobody refers to it;
    /// the bucket's own rules end unfinished uploads.
    /// </summary>
    private async Task ForgetAsync(string key, string? upload)
    {
        using var patience = new CancellationTokenSource(StorageHttp.Patience);
        var ct = patience.Token;
        if (upload is not null)
            await TryAsync(() => client.AbortMultipartUploadAsync(bucket, key, upload, ct));
        await TryAsync(() => client.DeleteObjectAsync(bucket, key, ct));
    }

    private static async Task TryAsync(Func<Task> ask)
    {
        try
        {
            await ask();
        }
        catch (Exception e) when (S3Errors.IsAway(e, CancellationToken.None))
        {
            // why the file was not taken is what counts
        }
    }

    /// <summary>Fills <paramref name="into"/>.</summary>
    private async Task ReadAsync(string key, long from, Memory<byte> into, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(S3HttpClients.Patience);
        var range = new GetObjectRequest
        {
            BucketName = bucket,
            Key = key,
            ByteRange = new ByteRange(from, from + into.Length - 1),
        };
        await AskAsync(
            async () =>
            {
                using var got = await client.GetObjectAsync(range, patience.Token);
                if (from > 0 && got.HttpStatusCode != HttpStatusCode.PartialContent)
                    throw new IOException("The store does not give parts of a file.");
                await got.ResponseStream.ReadExactlyAsync(into, patience.Token);
                return got;
            },
            ct
        );
    }

    /// <summary>Only of the store: what the sender of the bytes does wrong is its own.</summary>
    private async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken ct)
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (S3Errors.IsAway(e, ct))
        {
            throw S3Errors.Away(place, e);
        }
    }

    private static async Task<int> ReadAsync(Stream bytes, byte[] buffer, CancellationToken ct) =>
        await bytes.ReadAtLeastAsync(buffer.AsMemory(0, Part), Part, throwOnEndOfStream: false, ct);

    private static MemoryStream Body(byte[] buffer, int count) => new(buffer, 0, count, writable: false);

    private static string KeyOf(TenantId tenant, Guid id) =>
        $"{tenant}/{id.ToString("N", CultureInfo.InvariantCulture)}";
}
