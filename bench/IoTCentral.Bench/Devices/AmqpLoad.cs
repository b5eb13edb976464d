using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Amqp;
using Amqp.Framing;
using Amqp.Sasl;
using Amqp.Types;
using IoTCentral.Hub.Amqp.Wire;
using Disposition = Amqp.Framing.Dispose;

namespace IoTCentral.Bench.Devices;

/// <summary>
/// A device that publishes by AMQP as fast as it is told that its messages are stored. It speaks frames by itself: a
/// client library's cost on the same processors would be what is measured.
/// </summary>
internal sealed class AmqpLoad : IDisposable
{
    private readonly TcpClient _tcp = new() { NoDelay = true };
    private readonly MemoryStream _out = new();
    private SslStream _tls = null!;
    private FrameInput _input = null!;
    private uint _next;
    private uint _settled;
    private uint _limit;

    /// <summary>Messages that are stored.</summary>
    public long Acked => Volatile.Read(ref _settled);

    /// <summary>Signed in, with a link that has credit.</summary>
    public async Task ConnectAsync(string host, int number, CancellationToken ct)
    {
        await _tcp.ConnectAsync(IPAddress.Parse(host), 5671, ct);
#pragma warning disable CA5359 // what is measured is the hub, not whom we trust
        _tls = new SslStream(_tcp.GetStream(), false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await _tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, ct);
        _input = new FrameInput(PipeReader.Create(_tls)) { MostBytes = AmqpFrame.MostBytes };
        var (id, password) = (Fleet.DeviceIdOf(number), Fleet.LoginOf(host, number).Password);
        var plain = new SaslInit
        {
            Mechanism = new Symbol("PLAIN"),
            InitialResponse = Encoding.UTF8.GetBytes($"\0{id}@sas.{host}\0{password}"),
        };
        await _tls.WriteAsync((byte[])[.. Header(3), .. AmqpFrame.Write(AmqpFrame.Sasl, 0, plain)], ct);
        await _input.ReadHeaderAsync();
        await UntilAsync<SaslOutcome>();
        Add(new Open { ContainerId = id, HostName = host });
        Add(
            new Begin
            {
                NextOutgoingId = 0,
                IncomingWindow = 2048,
                OutgoingWindow = 2048,
            }
        );
        Add(
            new Attach
            {
                LinkName = "events",
                Handle = 0,
                Source = new Source(),
                Target = new Target { Address = $"/devices/{id}/messages/events" },
            }
        );
        await _tls.WriteAsync((byte[])[.. Header(0), .. _out.ToArray()], ct);
        await _input.ReadHeaderAsync();
        var flow = await UntilAsync<Flow>();
        _limit = flow.DeliveryCount + flow.LinkCredit;
    }

    /// <summary>Keeps so many messages on their way until it is cancelled.</summary>
    /// <exception cref="InvalidOperationException">A message was refused, or the connection ended.</exception>
    public async Task PublishAsync(int inFlight, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            _out.SetLength(0);
            while (_next < _limit && _next - _settled < inFlight)
                Add(NewTransfer(_next++), Message());
            if (_out.Length > 0)
                await _tls.WriteAsync(_out.GetBuffer().AsMemory(0, (int)_out.Length), CancellationToken.None);
            switch (await NextAsync())
            {
                case Flow { HasHandle: true } flow:
                    _limit = flow.DeliveryCount + flow.LinkCredit;
                    break;
                case Disposition { State: Accepted } told:
                    Volatile.Write(ref _settled, _settled + (told.Last - told.First + 1));
                    break;
                case Disposition or Detach or End or Close:
                    throw new InvalidOperationException("The hub refused a message by AMQP.");
            }
        }
    }

    public void Dispose()
    {
        _tls?.Dispose();
        _tcp.Dispose();
    }

    private async Task<DescribedList?> NextAsync()
    {
        var (status, frame) = await _input.ReadAsync();
        return status == InputStatus.Complete
            ? frame.Body
            : throw new InvalidOperationException($"The connection by AMQP ended: {status}.");
    }

    private async Task<T> UntilAsync<T>()
        where T : DescribedList
    {
        while (true)
        {
            if (await NextAsync() is T wanted)
                return wanted;
        }
    }

    private void Add(DescribedList body, ReadOnlySpan<byte> payload = default) =>
        _out.Write(AmqpFrame.Write(0, body, payload));

    private static Transfer NewTransfer(uint id) =>
        new()
        {
            Handle = 0,
            DeliveryId = id,
            DeliveryTag = BitConverter.GetBytes(id),
        };

    /// <summary>With a body as <see cref="Fleet.Body"/> has it.</summary>
    private static ReadOnlySpan<byte> Message()
    {
        var random = Random.Shared;
        var body = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"temperature":{{random.Next(1000, 2000) / 100.0}},"humidity":{{random.Next(30_000, 70_000) / 1000.0}},"pressure":{{random.Next(9000, 10_000) / 10.0}}}"""
        );
        return OutgoingMessage.Encode(_ => { }, Encoding.UTF8.GetBytes(body));
    }

    private static byte[] Header(byte protocol) => [.. "AMQP"u8, protocol, 1, 0, 0];
}
