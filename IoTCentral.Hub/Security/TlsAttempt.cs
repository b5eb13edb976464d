using System.Net;
using System.Security.Authentication;
using IoTCentral.Core.Certificates;
using IoTCentral.Core.Devices;
using IoTCentral.Hub.Devices;
using Microsoft.AspNetCore.Connections;

namespace IoTCentral.Hub.Security;

/// <summary>
/// Watches a TLS handshake from outside, so that one that fails can be told in words: nothing of it reaches the
/// connection's handler.
/// </summary>
internal sealed class TlsAttempt
{
    private static readonly object Key = new();

    private SslProtocols _offered;
    private bool _hasHello;
    private bool _isFinished;

    /// <summary>What the client showed; null: nothing.</summary>
    public ClientCertificate? Certificate { get; set; }

    public static TlsAttempt? Of(ConnectionContext connection) => Of(connection.Items);

    public static TlsAttempt? Of(IDictionary<object, object?> items) =>
        items.TryGetValue(Key, out var attempt) ? (TlsAttempt?)attempt : null;

    public void Hello(SslProtocols offered)
    {
        _hasHello = true;
        _offered = offered;
    }

    public void Finished() => _isFinished = true;

    /// <summary>Goes around the TLS layer.</summary>
    public static async Task WatchAsync(ConnectionContext connection, ConnectionDelegate next, HubLog log)
    {
        var attempt = new TlsAttempt();
        connection.Items[Key] = attempt;
        await next(connection);
        if (attempt._isFinished)
            return;
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address.Unmapped() ?? IPAddress.None;
        var (code, detail) = attempt.Explain();
        log.Stranger(code, detail, new Origin(address, ""));
    }

    private (string Code, string Detail) Explain()
    {
        if (!_hasHello)
            return (
                ConnectionCode.NotTls,
                "A client connected without TLS, or said nothing. Devices connect by MQTT over TLS."
            );
#pragma warning disable CA5398, CA5397, SYSLIB0039 // named to tell that they are too old
        const SslProtocols good = SslProtocols.Tls12 | SslProtocols.Tls13;
#pragma warning restore CA5398, CA5397, SYSLIB0039
        return (_offered & good) == SslProtocols.None && _offered != SslProtocols.None
            ? (
                ConnectionCode.TlsBrokenOff,
                "A client speaks only versions of TLS that are no longer safe. It needs TLS 1.2 or 1.3."
            )
            : (
                ConnectionCode.TlsBrokenOff,
                "A client broke off TLS: as a rule it does not trust our certificate. Give it this server's CA certificate, and let it connect by a name or address that the certificate has."
            );
    }
}
