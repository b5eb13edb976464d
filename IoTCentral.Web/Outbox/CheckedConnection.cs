using System.Net;
using System.Net.Sockets;
using IoTCentral.Core.Outbox;

namespace IoTCentral.Web.Outbox;

/// <summary>The host leads to an address that webhooks may not reach.</summary>
internal sealed class AddressRefusedException(string host, IPAddress address)
    : IOException(
        $"{host} is {address}, which is not a public address. An administrator of the installation can allow the network by Webhooks:AllowedPrivateNetworks."
    );

/// <summary>
/// Opens connections to allowed addresses only. The name is resolved here and the very address that was checked is
/// connected to, so a name that changes its mind in between (DNS rebinding) gains nothing.
/// </summary>
internal sealed class CheckedConnection(PublicAddresses addresses)
{
    public async ValueTask<Stream> OpenAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var host = context.DnsEndPoint.Host;
        var found = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, ct);
        var allowed = found.Where(addresses.MayReach).ToArray();
        if (allowed.Length == 0 && found.Length > 0)
            throw new AddressRefusedException(host, found[0]);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, ct);
            var connected = ((IPEndPoint)socket.RemoteEndPoint!).Address;
            if (!addresses.MayReach(connected))
                throw new AddressRefusedException(host, connected);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
