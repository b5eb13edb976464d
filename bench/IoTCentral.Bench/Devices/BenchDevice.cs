using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using IoTCentral.Testing;

namespace IoTCentral.Bench.Devices;

/// <summary>A device by MQTT on TLS that does little, so that thousands of them fit beside the server they measure.</summary>
internal sealed class BenchDevice : IAsyncDisposable
{
    /// <summary>More would only wait for a processor.</summary>
    public const int HandshakesAtOnce = 128;

    private const int Publish = 3;

    private readonly TcpClient _tcp;
    private readonly SslStream _tls;
    private readonly SemaphoreSlim _sending = new(1);
    private readonly byte[] _head = new byte[1];

    private BenchDevice(TcpClient tcp, SslStream tls) => (_tcp, _tls) = (tcp, tls);

    /// <summary>Connected and signed in.</summary>
    /// <exception cref="InvalidOperationException">The hub refused it.</exception>
    public static async Task<BenchDevice> ConnectAsync(string host, Login login, CancellationToken ct)
    {
        var tcp = new TcpClient { NoDelay = true };
        try
        {
            await tcp.ConnectAsync(IPAddress.Parse(host), 8883, ct);
#pragma warning disable CA5359 // what is measured is the hub, not whom we trust
            var tls = new SslStream(tcp.GetStream(), false, (_, _, _, _) => true);
#pragma warning restore CA5359
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, ct);
            var device = new BenchDevice(tcp, tls);
            await device.SendAsync(
                0x10,
                [
                    .. Text("MQTT"),
                    4,
                    0xC2,
                    0,
                    240,
                    .. Text(login.ClientId),
                    .. Text(login.UserName),
                    .. Text(login.Password),
                ],
                ct
            );
            var (_, answer) = await device.ReadAsync(ct);
            return answer[1] == 0 ? device : throw new InvalidOperationException($"CONNACK {answer[1]}");
        }
        catch
        {
            tcp.Dispose();
            throw;
        }
    }

    /// <summary>At QoS 0; returns when the hub has granted all.</summary>
    public async Task SubscribeAsync(CancellationToken ct, params string[] filters)
    {
        await SendAsync(0x82, [0, 1, .. filters.SelectMany(f => (byte[])[.. Text(f), 0])], ct);
        await ReadAsync(ct);
    }

    /// <summary>At QoS 0.</summary>
    public Task PublishAsync(string topic, string body, CancellationToken ct) =>
        SendAsync(0x30, [.. Text(topic), .. Encoding.UTF8.GetBytes(body)], ct);

    /// <summary>The next message that the hub sends.</summary>
    public async Task<(string Topic, string Body)> MessageAsync(CancellationToken ct)
    {
        while (true)
        {
            var (head, body) = await ReadAsync(ct);
            if (head >> 4 != Publish)
                continue;
            var length = BinaryPrimitives.ReadUInt16BigEndian(body);
            return (Encoding.UTF8.GetString(body, 2, length), Encoding.UTF8.GetString(body.AsSpan(2 + length)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _sending.Dispose();
        await _tls.DisposeAsync();
        _tcp.Dispose();
    }

    private async Task SendAsync(byte head, byte[] body, CancellationToken ct)
    {
        await _sending.WaitAsync(ct);
        try
        {
            await _tls.WriteAsync((byte[])[head, .. Length(body.Length), .. body], ct);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task<(byte Head, byte[] Body)> ReadAsync(CancellationToken ct)
    {
        await _tls.ReadExactlyAsync(_head, ct);
        var head = _head[0];
        var length = 0;
        for (var shift = 0; ; shift += 7)
        {
            await _tls.ReadExactlyAsync(_head, ct);
            length |= (_head[0] & 0x7F) << shift;
            if (_head[0] < 0x80)
                break;
        }

        var body = new byte[length];
        await _tls.ReadExactlyAsync(body, ct);
        return (head, body);
    }

    private static byte[] Length(int length)
    {
        var bytes = new List<byte>();
        do
        {
            bytes.Add((byte)((length & 0x7F) | (length > 0x7F ? 0x80 : 0)));
            length >>= 7;
        } while (length > 0);
        return [.. bytes];
    }

    private static byte[] Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return [(byte)(utf8.Length >> 8), (byte)utf8.Length, .. utf8];
    }
}
