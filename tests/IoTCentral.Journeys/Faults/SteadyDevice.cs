using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using IoTCentral.Testing;

namespace IoTCentral.Journeys.Faults;

/// <summary>
/// A device that keeps a window of numbered messages in flight, notes each number that is acknowledged, and connects
/// anew when it is cut off. It never sends a number twice, so that what is missing cannot be mended by a resend.
/// </summary>
internal sealed class SteadyDevice(string address, string id, string key, Func<long> nextNumber)
{
    /// <summary>Most messages in flight.</summary>
    public const int Window = 100;

    private readonly ConcurrentBag<long> _acked = [];
    private int _inFlight;

    /// <summary>Numbers whose PUBACK came.</summary>
    public IReadOnlyCollection<long> Acked => _acked;

    public int InFlight => Volatile.Read(ref _inFlight);

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await ConnectAndSendAsync(ct);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // cut off, or the server is not there yet
            }

            Volatile.Write(ref _inFlight, 0);
            await Task.Delay(100, CancellationToken.None);
        }
    }

    private async Task ConnectAndSendAsync(CancellationToken ct)
    {
        using var tcp = new TcpClient { NoDelay = true };
        await tcp.ConnectAsync(address, 8883, ct);
#pragma warning disable CA5359 // whom it trusts is another test's business
        await using var tls = new SslStream(tcp.GetStream(), false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await tls.AuthenticateAsClientAsync(address);
        await tls.WriteAsync(ConnectPacket(), ct);
        var answer = new byte[4];
        await tls.ReadExactlyAsync(answer, ct);
        if (answer is not [0x20, 2, _, 0])
            throw new IOException($"Refused with {answer[3]}.");
        await SendAsync(tls, ct);
    }

    private async Task SendAsync(SslStream tls, CancellationToken ct)
    {
        var numbers = new long[Window + 1];
        var free = new ConcurrentQueue<int>(Enumerable.Range(1, Window));
        using var room = new SemaphoreSlim(Window);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var reading = ReadAcksAsync();
        try
        {
            while (!reading.IsCompleted)
            {
                await room.WaitAsync(end.Token);
                free.TryDequeue(out var packet);
                numbers[packet] = nextNumber();
                Interlocked.Increment(ref _inFlight);
                await tls.WriteAsync(PublishPacket(packet, numbers[packet]), end.Token);
            }
        }
        finally
        {
            await end.CancelAsync();
            await reading;
        }

        async Task ReadAcksAsync()
        {
            var ack = new byte[4];
            try
            {
                while (true)
                {
                    await tls.ReadExactlyAsync(ack, end.Token);
                    Assert.Equal(0x40, ack[0]);
                    var packet = BinaryPrimitives.ReadUInt16BigEndian(ack.AsSpan(2));
                    _acked.Add(numbers[packet]);
                    Interlocked.Decrement(ref _inFlight);
                    free.Enqueue(packet);
                    room.Release();
                }
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                await end.CancelAsync();
            }
        }
    }

    private byte[] ConnectPacket()
    {
        var token = Sign.Token($"{address}/devices/{id}", key);
        return Framed(
            0x10,
            [
                .. Text("MQTT"),
                4,
                0xC2,
                0,
                60,
                .. Text(id),
                .. Text($"{address}/{id}/?api-version=2021-04-12"),
                .. Text(token),
            ]
        );
    }

    private byte[] PublishPacket(int packet, long number) =>
        Framed(
            0x32,
            [
                .. Text($"devices/{id}/messages/events/"),
                (byte)(packet >> 8),
                (byte)packet,
                .. Encoding.UTF8.GetBytes($$"""{"n":{{number}}}"""),
            ]
        );

    private static byte[] Text(string text) =>
        [
            (byte)(Encoding.UTF8.GetByteCount(text) >> 8),
            (byte)Encoding.UTF8.GetByteCount(text),
            .. Encoding.UTF8.GetBytes(text),
        ];

    private static byte[] Framed(byte header, byte[] body)
    {
        var length = new List<byte>();
        for (var rest = body.Length; rest > 0 || length.Count == 0; rest >>= 7)
            length.Add((byte)((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)));
        return [header, .. length, .. body];
    }
}
