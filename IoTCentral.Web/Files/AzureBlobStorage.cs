using Azure;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using IoTCentral.Core.Files;
using IoTCentral.Core.Files.Storage;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Outbox;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Outbox;

namespace IoTCentral.Web.Files;

/// <summary>
/// Containers of Azure's blob storage. Whoever administers an application names the host, so only those addresses are
/// reached that webhooks may reach, and nothing is followed elsewhere.
/// </summary>
internal sealed class AzureBlobStorage : IBlobStorage, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly InstallationOptions _options;
    private readonly HttpClient _client;

    public AzureBlobStorage(InstallationOptions options, PublicAddresses addresses)
    {
        _options = options;
        _client = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
                ConnectTimeout = Patience,
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                ConnectCallback = new CheckedConnection(addresses).OpenAsync,
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan, // the SDK has its own for each try
        };
    }

    public IFileStore Open(FileStorage storage) => new AzureFileStore(Container(storage), storage.Place);

    public async Task<string?> TryAsync(FileStorage storage, TenantId tenant, CancellationToken ct)
    {
        try
        {
            var container = Container(storage);
            if (container.Uri.Scheme != "https" && !IsNear(container.Uri))
                return "Reach the account by https.";
            var probe = container.GetBlobClient($"{tenant}/probe-{Guid.CreateVersion7():N}");
            await probe.UploadAsync(BinaryData.FromString("IoTCentral"), ct);
            await probe.DownloadContentAsync(ct);
            await probe.DeleteAsync(cancellationToken: ct);
            return null;
        }
        catch (RequestFailedException e)
        {
            return $"The container '{storage.Container}' cannot be used: {e.ErrorCode ?? e.InnerException?.Message ?? e.Message}";
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

    public void Dispose() => _client.Dispose();

    private BlobContainerClient Container(FileStorage storage)
    {
        var options = new BlobClientOptions { Transport = new HttpClientTransport(_client) };
        options.Retry.MaxRetries = 3;
        options.Retry.NetworkTimeout = Patience;
        return new BlobContainerClient(storage.ConnectionString, storage.Container, options);
    }

    /// <summary>Without encryption only in networks that the installation has named.</summary>
    private bool IsNear(Uri address) =>
        System.Net.IPAddress.TryParse(address.Host, out var ip) && _options.Webhooks.Networks.Any(n => n.Contains(ip));
}
