using System.Globalization;
using Azure;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using IoTCentral.Core.Common;
using IoTCentral.Core.Files;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Web.Files;

/// <summary>Files in one container, under <c>TENANT/ID</c>. Bytes pass through us a few megabytes at a time.</summary>
internal sealed class AzureFileStore(BlobContainerClient container, string place) : IFileStore
{
    private const int Part = 4 * 1024 * 1024;

    // One part in memory an upload.
    private static readonly StorageTransferOptions InParts = new()
    {
        InitialTransferSize = Part,
        MaximumTransferSize = Part,
        MaximumConcurrency = 1,
    };

    public string Place => place;

    public async Task PutAsync(TenantId tenant, Guid id, Stream bytes, CancellationToken ct)
    {
        try
        {
            // nothing is there before the last part is: a stream that fails leaves nothing
            await BlobOf(tenant, id).UploadAsync(bytes, new BlobUploadOptions { TransferOptions = InParts }, ct);
        }
        catch (Exception e) when (IsAway(e))
        {
            throw Away(e);
        }
    }

    public async Task<Stream?> FindAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        try
        {
            return await BlobOf(tenant, id).OpenReadAsync(new BlobOpenReadOptions(allowModifications: false), ct);
        }
        catch (RequestFailedException e) when (e.Status == StatusCodes.Status404NotFound)
        {
            return null;
        }
        catch (Exception e) when (IsAway(e))
        {
            throw Away(e);
        }
    }

    public async Task DeleteAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        try
        {
            await BlobOf(tenant, id).DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: ct);
        }
        catch (Exception e) when (IsAway(e))
        {
            throw Away(e);
        }
    }

    private BlobClient BlobOf(TenantId tenant, Guid id) =>
        container.GetBlobClient($"{tenant}/{id.ToString("N", CultureInfo.InvariantCulture)}");

    private static bool IsAway(Exception e) =>
        e is RequestFailedException
        || (e is AggregateException a && a.InnerExceptions.All(i => i is RequestFailedException));

    private UnavailableException Away(Exception e) =>
        new(
            $"The storage '{place}' does not take part at the moment: {(e as RequestFailedException)?.ErrorCode ?? e.Message}"
        );
}
