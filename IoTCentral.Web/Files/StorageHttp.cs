using System.Net;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Outbox;
using IoTCentral.Web.Outbox;

namespace IoTCentral.Web.Files;

/// <summary>
/// The way to stores of other hosts. Whoever administers an application names the host, so only those addresses are
/// reached that webhooks may reach, and nothing is followed elsewhere.
/// </summary>
internal sealed class StorageHttp(InstallationOptions options, PublicAddresses addresses) : IDisposable
{
    /// <summary>To connect, and of Azure's SDK for one request.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Shared by all; whoever takes it leaves it open.</summary>
    public SocketsHttpHandler Handler { get; } =
        new()
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = Patience,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ConnectCallback = new CheckedConnection(addresses).OpenAsync,
        };

    /// <summary>Without encryption only in networks that the installation has named.</summary>
    public bool MayReach(Uri address) =>
        address.Scheme == Uri.UriSchemeHttps
        || (IPAddress.TryParse(address.Host, out var ip) && options.Webhooks.Networks.Any(n => n.Contains(ip)));

    public void Dispose() => Handler.Dispose();
}
