using Azure;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using IoTCentral.Core.Common;
using IoTCentral.Core.Files;
using IoTCentral.Core.Files.Storage;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Web.Files;

/// <summary>Containers of Azure's blob storage.</summary>
internal sealed class AzureBlobStorage(StorageHttp http) : IDisposable
{
    private readonly HttpClient _client = new(http.Handler, disposeHandler: false)
    {
        Timeout = Timeout.InfiniteTimeSpan, // the SDK has its own for each try
    };

    public IFileStore Open(AzureContainer target) => new AzureFileStore(Container(target), target.Place);

    public async Task<Fault?> TryAsync(AzureContainer target, TenantId tenant, CancellationToken ct) =>
        await WhyNotAsync(target, tenant, ct) is { } why ? new Fault("connectionString", why) : null;

    public void Dispose() => _client.Dispose();

    private async Task<string?> WhyNotAsync(AzureContainer target, TenantId tenant, CancellationToken ct)
    {
        try
        {
            var container = Container(target);
            if (!http.MayReach(container.Uri))
                return "Reach the account by https.";
            var probe = container.GetBlobClient($"{tenant}/probe-{Guid.CreateVersion7():N}");
            await probe.UploadAsync(BinaryData.FromString("IoTCentral"), ct);
            await probe.DownloadContentAsync(ct);
            await probe.DeleteAsync(cancellationToken: ct);
            return null;
        }
        catch (RequestFailedException e)
        {
            return $"The container '{target.Container}' cannot be used: {e.ErrorCode ?? e.InnerException?.Message ?? e.Message}";
        }
        catch (AggregateException e)
        {
            return $"The account cannot be reached: {e.InnerExceptions[0].Message}";
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            return "This is no connection string of a storage account.";
        }
    }

    private BlobContainerClient Container(AzureContainer target)
    {
        var options = new BlobClientOptions { Transport = new HttpClientTransport(_client) };
        options.Retry.MaxRetries = 3;
        options.Retry.NetworkTimeout = StorageHttp.Patience;
        return new BlobContainerClient(target.Secret, target.Container, options);
    }
}
