using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Amqp.Framing;
using Amqp.Sasl;
using Amqp.Types;
using IoTCentral.Hub.Amqp.Wire;
using IoTCentral.Testing;

namespace IoTCentral.Hub.Tests.Amqp;

/// <summary>AMQP frame by frame, so that a test can say exactly what a client says, also wrongly.</summary>
internal sealed class RawAmqp : IAsyncDisposable
{
    public static readonly byte[] Header = [.. "AMQP"u8, 0, 1, 0, 0];
    public static readonly byte[] SaslHeader = [.. "AMQP"u8, 3, 1, 0, 0];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TcpClient? _tcp;
    private readonly Stream _stream;

    private RawAmqp(TcpClient? tcp, Stream stream) => (_tcp, _stream) = (tcp, stream);

    public static async Task<RawAmqp> OpenAsync(TestHub hub)
    {
        // An address of its own: the lines that strangers may write are counted by address.
        var own = new IPAddress([127, .. RandomNumberGenerator.GetBytes(2), 9]);
        var tcp = new TcpClient(new IPEndPoint(own, 0)) { NoDelay = true };
        await tcp.ConnectAsync(IPAddress.Loopback, hub.AmqpPort);
#pragma warning disable CA5359 // whom it trusts is another test's business
        var tls = new SslStream(tcp.GetStream(), false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await tls.AuthenticateAsClientAsync("hub.example.com");
        return new RawAmqp(tcp, tls);
    }

    /// <summary>The same over a WebSocket, as Java opens it when it has no certificate.</summary>
    public static async Task<RawAmqp> OpenWebSocketAsync(TestHub hub)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("AMQPWSB10");
#pragma warning disable CA5359 // whom it trusts is another test's business
        socket.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        var address = new Uri($"wss://127.0.0.1:{hub.HttpsPort}/$iothub/websocket?iothub-no-client-cert=true");
        await socket.ConnectAsync(address, CancellationToken.None);
        Assert.Equal("AMQPWSB10", socket.SubProtocol);
        return new RawAmqp(null, WebSocketStream.Create(socket, WebSocketMessageType.Binary, ownsWebSocket: true));
    }

    /// <summary>A session on a connection without SASL, as the C# SDK makes them.</summary>
    public static async Task<RawAmqp> BeginAsync(TestHub hub)
    {
        var client = await OpenAsync(hub);
        await client.SendAsync(Header);
        await client.SendAsync(new Open { ContainerId = "raw", HostName = "hub.example.com" });
        await client.SendAsync(Beginning());
        Assert.Equal(Header, await client.ReadBytesAsync(8));
        await client.ReadAsync<Open>();
        await client.ReadAsync<Begin>();
        return client;
    }

    /// <summary>A connection of this device, which signed in by SASL.</summary>
    public static async Task<RawAmqp> SignedInAsync(TestHub hub, string id, RawAmqp? opened = null)
    {
        var login = Sign.Hub(await hub.DeviceAsync(id));
        var client = opened ?? await OpenAsync(hub);
        var plain = new SaslInit
        {
            Mechanism = new Symbol("PLAIN"),
            InitialResponse = Encoding.UTF8.GetBytes($"\0{id}@sas.hub\0{login.Password}"),
        };
        await client.SendAsync([.. SaslHeader, .. AmqpFrame.Write(AmqpFrame.Sasl, 0, plain)]);
        await client.ReadBytesAsync(8);
        await client.ReadAsync<SaslOutcome>();
        await client.SendAsync([.. Header, .. Frame(new Open { ContainerId = "raw" })]);
        await client.ReadBytesAsync(8);
        await client.ReadAsync<Open>();
        return client;
    }

    public static Attach Attach(string address, uint handle, bool isReceiver) =>
        new()
        {
            LinkName = $"l{handle}",
            Handle = handle,
            Role = isReceiver,
            Source = new Source { Address = isReceiver ? address : null },
            Target = new Target { Address = isReceiver ? null : address },
        };

    public static Begin Beginning() =>
        new()
        {
            NextOutgoingId = 0,
            IncomingWindow = 100,
            OutgoingWindow = 100,
        };

    public static byte[] Frame(DescribedList body, byte[]? payload = null, ushort channel = 0) =>
        AmqpFrame.Write(channel, body, payload);

    public Task SendAsync(DescribedList body, byte[]? payload = null, ushort channel = 0) =>
        SendAsync(Frame(body, payload, channel));

    public async Task SendAsync(byte[] bytes)
    {
        await _stream.WriteAsync(bytes);
        await _stream.FlushAsync();
    }

    public async Task<byte[]> ReadBytesAsync(int count)
    {
        var bytes = new byte[count];
        await _stream.ReadExactlyAsync(bytes).AsTask().WaitAsync(Patience);
        return bytes;
    }

    /// <summary>The next frame of this kind; others are passed over.</summary>
    public async Task<T> ReadAsync<T>()
        where T : DescribedList
    {
        while (true)
        {
            var size = await ReadBytesAsync(4);
            var rest = await ReadBytesAsync(BinaryPrimitives.ReadInt32BigEndian(size) - 4);
            Assert.True(AmqpFrame.TryRead([.. size, .. rest], out var frame));
            if (frame.Body is T body)
                return body;
        }
    }

    /// <summary>Waits until the hub has closed the connection.</summary>
    public async Task ClosedAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (await _stream.ReadAsync(buffer).AsTask().WaitAsync(Patience) > 0) { }
        }
        catch (IOException)
        {
            // that is how it may look
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _tcp?.Dispose();
    }
}
