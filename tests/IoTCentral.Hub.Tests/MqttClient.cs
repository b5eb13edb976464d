using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace IoTCentral.Hub.Tests;

/// <summary>A packet as it came: first byte and body.</summary>
internal sealed record Packet(byte Header, byte[] Body)
{
    public int Type => Header >> 4;

    /// <summary>Of PUBACK, SUBACK, UNSUBACK.</summary>
    public int Id => BinaryPrimitives.ReadUInt16BigEndian(Body);

    /// <summary>Of PUBLISH.</summary>
    public int Qos => (Header >> 1) & 3;
    public string Topic => Encoding.UTF8.GetString(Body, 2, BinaryPrimitives.ReadUInt16BigEndian(Body));

    /// <summary>Of a PUBLISH at QoS 1.</summary>
    public int PacketId =>
        BinaryPrimitives.ReadUInt16BigEndian(Body.AsSpan(2 + BinaryPrimitives.ReadUInt16BigEndian(Body)));

    public string Payload =>
        Encoding.UTF8.GetString(Body.AsSpan(2 + BinaryPrimitives.ReadUInt16BigEndian(Body) + (Qos > 0 ? 2 : 0)));
}

/// <summary>MQTT by hand, byte for byte, so that a test can say exactly what a device says, also wrongly.</summary>
internal sealed class MqttClient : IAsyncDisposable
{
    public const int ConnAck = 2;
    public const int Publish = 3;
    public const int PubAck = 4;
    public const int SubAck = 9;
    public const int UnsubAck = 11;
    public const int PingResp = 13;

    // Generous: a busy machine; a test that waits for nothing to come gives its own.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TcpClient? _tcp;
    private readonly Stream _stream;

    private MqttClient(TcpClient? tcp, Stream stream)
    {
        _tcp = tcp;
        _stream = stream;
    }

    /// <param name="certificate">Shown in TLS, with those above it.</param>
    public static async Task<MqttClient> OpenAsync(
        int port,
        X509Certificate2? certificate = null,
        params X509Certificate2[] above
    )
    {
        var tcp = new TcpClient { NoDelay = true };
        await tcp.ConnectAsync(IPAddress.Loopback, port);
#pragma warning disable CA5359 // whom it trusts is another test's business
        var tls = new SslStream(tcp.GetStream(), false, (_, _, _, _) => true);
#pragma warning restore CA5359
        var options = new SslClientAuthenticationOptions { TargetHost = "hub.example.com" };
        if (certificate is not null)
            options.ClientCertificateContext = SslStreamCertificateContext.Create(
                certificate,
                [.. above],
                offline: true
            );
        await tls.AuthenticateAsClientAsync(options);
        return new MqttClient(tcp, tls);
    }

    public static async Task<MqttClient> OpenWebSocketAsync(
        int port,
        X509Certificate2? certificate = null,
        string path = "/$iothub/websocket"
    )
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mqtt");
#pragma warning disable CA5359 // whom it trusts is another test's business
        socket.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        if (certificate is not null)
            socket.Options.ClientCertificates = [certificate];
        await socket.ConnectAsync(new Uri($"wss://127.0.0.1:{port}{path}"), CancellationToken.None);
        return new MqttClient(null, WebSocketStream.Create(socket, WebSocketMessageType.Binary, ownsWebSocket: true));
    }

    /// <summary>The CONNACK's code.</summary>
    public async Task<int> ConnectAsync(
        Login login,
        bool isClean = true,
        int keepAlive = 60,
        (string Topic, string Body)? will = null
    )
    {
        await SendAsync(ConnectPacket(login, isClean, keepAlive, will));
        var answer = await ReadAsync();
        Assert.Equal(ConnAck, answer.Type);
        return answer.Body[1];
    }

    public static byte[] ConnectPacket(
        Login login,
        bool isClean = true,
        int keepAlive = 60,
        (string Topic, string Body)? will = null
    )
    {
        var flags = (isClean ? 2 : 0) | 0x80 | (login.Password.Length > 0 ? 0x40 : 0) | (will is null ? 0 : 0x0C);
        byte[] body =
        [
            .. Text("MQTT"),
            4,
            (byte)flags,
            (byte)(keepAlive >> 8),
            (byte)keepAlive,
            .. Text(login.ClientId),
            .. will is { } w ? [.. Text(w.Topic), .. Text(w.Body)] : Array.Empty<byte>(),
            .. Text(login.UserName),
            .. login.Password.Length > 0 ? Text(login.Password) : [],
        ];
        return Framed(0x10, body);
    }

    public Task PublishAsync(string topic, string body, int packetId = 0, bool dup = false, bool retain = false) =>
        SendAsync(PublishPacket(topic, Encoding.UTF8.GetBytes(body), packetId, dup, retain));

    /// <param name="packetId">0: QoS 0.</param>
    public static byte[] PublishPacket(
        string topic,
        byte[] body,
        int packetId = 0,
        bool dup = false,
        bool retain = false
    )
    {
        var header = 0x30 | (packetId > 0 ? 2 : 0) | (dup ? 8 : 0) | (retain ? 1 : 0);
        byte[] id = packetId > 0 ? [(byte)(packetId >> 8), (byte)packetId] : [];
        return Framed((byte)header, [.. Text(topic), .. id, .. body]);
    }

    /// <summary>The SUBACK's codes.</summary>
    public async Task<byte[]> SubscribeAsync(int packetId, params (string Filter, int Qos)[] filters)
    {
        await SendAsync(SubscribePacket(packetId, filters));
        var answer = await ReadAsync();
        Assert.Equal((SubAck, packetId), (answer.Type, answer.Id));
        return answer.Body[2..];
    }

    public static byte[] SubscribePacket(int packetId, params (string Filter, int Qos)[] filters) =>
        Framed(
            0x82,
            [(byte)(packetId >> 8), (byte)packetId, .. filters.SelectMany(f => Text(f.Filter).Append((byte)f.Qos))]
        );

    public Task PingAsync() => SendAsync([0xC0, 0]);

    public Task DisconnectAsync() => SendAsync([0xE0, 0]);

    public async Task SendAsync(byte[] bytes)
    {
        await _stream.WriteAsync(bytes);
        await _stream.FlushAsync();
    }

    /// <summary>The next packet.</summary>
    /// <exception cref="EndOfStreamException">The connection was closed.</exception>
    public async Task<Packet> ReadAsync(TimeSpan? patience = null)
    {
        using var timeout = new CancellationTokenSource(patience ?? Patience);
        var header = await ByteAsync(timeout.Token);
        var length = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = await ByteAsync(timeout.Token);
            length |= (next & 0x7F) << shift;
            if ((next & 0x80) == 0)
                break;
        }

        var body = new byte[length];
        await _stream.ReadExactlyAsync(body, timeout.Token);
        return new(header, body);
    }

    public async Task<Packet> ReadAsync(int type)
    {
        var packet = await ReadAsync();
        Assert.Equal(type, packet.Type);
        return packet;
    }

    /// <summary>Whether nothing comes for a while.</summary>
    public async Task<bool> IsSilentAsync(int milliseconds = 300)
    {
        try
        {
            await ReadAsync(TimeSpan.FromMilliseconds(milliseconds));
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    /// <summary>Waits until the hub has closed the connection; packets before are read over.</summary>
    public async Task ClosedAsync()
    {
        try
        {
            while (true)
                await ReadAsync();
        }
        catch (Exception e) when (e is IOException or SocketException or WebSocketException) { }
    }

    /// <summary>Breaks the connection without a word.</summary>
    public void Break()
    {
        _tcp!.Client.LingerState = new LingerOption(true, 0);
        _tcp.Close();
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _tcp?.Dispose();
    }

    public static byte[] Framed(byte header, byte[] body)
    {
        var packet = new List<byte> { header };
        var rest = body.Length;
        do
        {
            packet.Add((byte)((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)));
            rest >>= 7;
        } while (rest > 0);
        return [.. packet, .. body];
    }

    public static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
    }

    private async Task<byte> ByteAsync(CancellationToken ct)
    {
        var one = new byte[1];
        await _stream.ReadExactlyAsync(one, ct);
        return one[0];
    }
}
