using IoTCentral.Core.Common;
using IoTCentral.Core.Files;
using IoTCentral.Core.Files.Storage;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Web.Files;

/// <summary>Stores of other hosts, by their kind.</summary>
internal sealed class ForeignStorage(AzureBlobStorage azure, S3Storage s3) : IForeignStorage
{
    public IFileStore Open(StorageTarget target) =>
        target switch
        {
            AzureContainer container => azure.Open(container),
            S3Bucket bucket => s3.Open(bucket),
            _ => throw Unknown(target),
        };

    public Task<Fault?> TryAsync(StorageTarget target, TenantId tenant, CancellationToken ct) =>
        target switch
        {
            AzureContainer container => azure.TryAsync(container, tenant, ct),
            S3Bucket bucket => s3.TryAsync(bucket, tenant, ct),
            _ => throw Unknown(target),
        };

    private static ArgumentOutOfRangeException Unknown(StorageTarget target) =>
        new(nameof(target), target.GetType().Name, "Nobody knows this kind of storage.");
}
